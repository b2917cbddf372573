import { preparePage } from './prepare.ts';

await preparePage();
