import { mountApp } from '../../ui/mount.tsx';

mountApp('window');
