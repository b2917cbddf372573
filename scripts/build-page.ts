/** `npm run build`: makes the checkout ready without starting anything: packages, `npx baton`, the status page. */
import { PreparationError, preparePackages, preparePage } from './prepare.ts';

try {
  await preparePackages();
  await preparePage();
} catch (error) {
  if (!(error instanceof PreparationError)) throw error;
  console.error(error.message);
  process.exit(1);
}
