import { mountApp } from '../../ui/mount.tsx';

mountApp('side-panel');
