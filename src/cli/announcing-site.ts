import { relative } from 'node:path';
import type { Config } from '../config/config.ts';
import { filesIn } from '../core/files-in.ts';
import type { JsonObject } from '../core/json.ts';
import { Library } from '../dispatcher/library.ts';
import { missing } from '../dispatcher/plan.ts';
import { chooseRecipes } from '../dispatcher/rules.ts';
import type { AnnouncingSite, ParameterField, PlannedAnnouncement } from '../monitor/announcing/announcing-site.ts';
import type { KnownService } from '../recipes/lint/site.ts';
import { Announcer } from '../rehearsal/announcer.ts';
import { parameterFields } from '../reprocess/parameter-fields.ts';
import type { Client } from '../stomp/client.ts';
import { plannedOn } from './planned-run.ts';

/** How the site of this configuration understands announcements, for the monitor. The client has been started. */
export async function announcingSite(
  config: Config,
  services: readonly KnownService[],
  client: Client,
): Promise<AnnouncingSite> {
  const library = new Library(config.recipes);
  const announcer = new Announcer(client);
  await announcer.start();
  return {
    plan: async (queue, message) => await planned(queue, message, config),
    explain: async (parameters) => {
      const { fired, silent } = chooseRecipes(await library.rules(), parameters);
      return [
        ...fired.map(({ rule }) => ({ rule: rule.name, fires: true, recipes: rule.recipes, reasons: [] })),
        ...silent.map(({ rule, reasons }) => ({ rule: rule.name, fires: false, recipes: rule.recipes, reasons })),
      ];
    },
    recipes: async () => await recipeNames(config.recipes),
    text: async (name) => await library.text(name),
    fields: async (recipes, parameters) =>
      await Promise.resolve(
        parameterFields(recipes, services, [parameters]).map((field) => fieldOf(field, parameters)),
      ),
    announce: (queue, message, options) => announcer.announce(queue, message, options),
  };
}

/** As announcements name them. */
async function recipeNames(folder: string): Promise<readonly string[]> {
  const files = await filesIn(folder, (name) => name.endsWith('.json')).catch(() => []);
  return files.map((file) => relative(folder, file).slice(0, -'.json'.length));
}

async function planned(queue: string, message: JsonObject, config: Config): Promise<PlannedAnnouncement> {
  const { plan, instantiated } = await plannedOn(queue, message, config);
  return {
    recipes: plan.recipes,
    waits: await missing(plan),
    chosen: plan.chosen.map(({ name, parameters }, index) => ({
      ...{ name, parameters },
      text: instantiated?.sources[index]?.text ?? '',
    })),
    ...(instantiated ? { recipe: instantiated.recipe } : {}),
  };
}

function fieldOf(
  { values: _values, givenBy: _givenBy, ...field }: ReturnType<typeof parameterFields>[number],
  parameters: JsonObject,
): ParameterField {
  const value = parameters[field.name];
  return { ...field, ...(value === undefined ? {} : { value }) };
}
