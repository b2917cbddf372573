import type { RuleVerdict } from '../announcing/announcing-site.ts';
import { noAnnouncing } from '../announcing/errors.ts';
import type { AnnouncementChoices, AnnouncementPreview } from '../announcing/views.ts';
import { cannotStart, planChanged } from '../reruns/errors.ts';
import type { RerunMessage, RerunStep } from '../reruns/views.ts';
import { bodies } from './bodies.ts';
import type { Operations } from './operation.ts';
import { anyObject, anything, count, flag, integer, listOf, object, refTo, text, told, type Schema } from './schema.ts';

/** Announcements that people make. */
export const announceOperations: Operations = {
  'GET /api/announcements/choices': {
    summary: 'What can be announced: queues, and the recipes that there are',
    needs: 'viewer',
    answer: refTo('AnnouncementChoices'),
    errors: [noAnnouncing],
  },
  'POST /api/announcements/preview': {
    summary: 'What the dispatcher would make of an announcement; nothing is sent',
    needs: 'operator',
    body: bodies.announcePreview,
    answer: refTo('AnnouncementPreview'),
    errors: [noAnnouncing],
  },
  'POST /api/announcements': {
    summary: 'Announces what the preview of that plan has shown',
    needs: 'operator',
    body: bodies.announce,
    answer: refTo('StartedView'),
    errors: [noAnnouncing, cannotStart, planChanged],
  },
};

/** What is known of announcements before they are made, by the names of their types. */
export const announceSchemas: Readonly<Record<string, Schema>> = {
  AnnouncementChoices: object<AnnouncementChoices>({
    required: { queues: listOf(text), recipes: listOf(text, 'by name') },
    optional: {},
  }),
  AnnouncementPreview: object<AnnouncementPreview>({
    required: {
      recipes: listOf(text),
      rules: listOf(refTo('RuleVerdict'), 'how each judges it; none where the recipes are named'),
      waits: listOf(text, 'what the run would wait for'),
      messages: told(count, 'that the run begins with'),
      steps: listOf(refTo('RerunStep')),
      begins: listOf(refTo('RerunMessage'), 'the first 50 of these messages'),
      fields: listOf(refTo('ParameterField')),
      findings: listOf(anyObject, 'each a Finding, with the name of its `recipe`'),
      plan: told(text, 'names exactly this: what is announced is this, or nothing'),
    },
    optional: {
      refused: { type: 'object', required: ['reason', 'next'], properties: { reason: text, next: text } },
    },
  }),
  RuleVerdict: object<RuleVerdict>({
    required: { rule: text, fires: flag, recipes: listOf(text), reasons: listOf(text, 'why it does not fire') },
    optional: {},
  }),
  RerunStep: object<RerunStep>({
    required: { step: integer, messages: count, follows: told(flag, 'messages may come to it from those') },
    optional: { service: text, queue: text },
  }),
  RerunMessage: object<RerunMessage>({
    required: { step: integer, payload: anything, bytes: count },
    optional: { overErrorLink: flag },
  }),
};
