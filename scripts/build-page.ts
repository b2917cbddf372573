import { buildPage } from './prepare.ts';

await buildPage();
