import { mountApp } from '../../ui/mount.tsx';

mountApp('popup');
