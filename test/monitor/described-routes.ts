import type { Express } from 'express';
import { MemoryStore } from 'express-rate-limit';
import { createApp } from '../../src/monitor/app.ts';
import { placed } from '../../src/monitor/interface/operation.ts';
import { operations } from '../../src/monitor/interface/operations.ts';
import type { Site } from '../../src/monitor/site.ts';

/** What Express keeps of a route, or of a router that is mounted somewhere. */
interface Layer {
  readonly route?: { readonly path: string; readonly methods: Readonly<Record<string, boolean>> };
  readonly handle: { readonly stack?: readonly Layer[] };
  /** Where it is mounted. */
  readonly rawPath: string;
}

/** `METHOD path` of each route of the monitor that is not described, the page's own apart. */
export function undescribedRoutes(): readonly string[] {
  const limit = { requests: 1, seconds: 1 };
  const page = { host: '127.0.0.1', hasProxy: false, webRoot: '/nowhere', limit, requests: new MemoryStore() };
  const app = createApp(anySite, page);
  return layersOf(app).flatMap((mount) =>
    (mount.handle.stack ?? []).flatMap((layer) =>
      methodsOf(layer)
        .filter((method) => layer.route?.path !== '/{*place}' && !isDescribed(mount, method, layer.route?.path ?? ''))
        .map((method) => `${method} ${mount.rawPath} ${layer.route?.path ?? ''}`),
    ),
  );
}

function isDescribed(mount: Layer, method: string, inner: string): boolean {
  const path = mount.rawPath + (inner === '/' ? '' : inner.replaceAll(/:(\w+)/g, '{$1}'));
  return placed(operations).some((each) => each.method === method && each.path === path);
}

function methodsOf({ route }: Layer): readonly string[] {
  return Object.keys(route?.methods ?? {}).map((method) => method.toUpperCase());
}

function layersOf(app: Express): readonly Layer[] {
  return app.router.stack as unknown as readonly Layer[];
}

/** Routes are listed and never asked: whatever they are made from is this. */
const anySite = new Proxy(() => undefined, {
  get: (_target, name): unknown => (name === Symbol.toPrimitive ? () => '' : anySite),
  apply: (): unknown => anySite,
}) as unknown as Site;
