import { registerHooks } from 'node:module';
import { moduleBeside } from '../core/module-beside.ts';

/**
 * From now on `import … from 'baton-supervisor'` means this very installation, wherever the module lies that imports: a
 * site's modules need no package of their own, and their services are made by the Baton that runs them.
 */
export function lendOwnPackage(): void {
  const { href } = moduleBeside(import.meta.url, '../index');
  registerHooks({
    resolve: (specifier, context, next) => next(specifier === 'baton-supervisor' ? href : specifier, context),
  });
}
