import { HighlightStyle, syntaxHighlighting } from '@codemirror/language';
import type { Extension } from '@codemirror/state';
import { EditorView } from '@codemirror/view';
import { tags } from '@lezer/highlight';

/** The page's colours and letters in the editor: its variables reach into the editor's own tree, in both themes. */
export const theme: readonly Extension[] = [
  EditorView.theme({
    '&': { color: 'var(--ink)', backgroundColor: 'var(--surface)', fontSize: '0.925rem', height: '100%' },
    // The page draws the frame of what has the focus around the whole of it.
    '&.cm-focused': { outline: 'none' },
    '.cm-scroller': { fontFamily: 'var(--mono)', lineHeight: '1.5', overflow: 'auto' },
    '.cm-content': { caretColor: 'var(--ink)', padding: '0.5rem 0' },
    '.cm-cursor, .cm-dropCursor': { borderLeftColor: 'var(--ink)' },
    '.cm-gutters': { backgroundColor: 'var(--surface)', color: 'var(--ink-soft)', border: 'none' },
    '.cm-activeLine, .cm-activeLineGutter': { backgroundColor: 'color-mix(in oklab, var(--accent) 6%, transparent)' },
    '&.cm-focused > .cm-scroller > .cm-selectionLayer .cm-selectionBackground, .cm-selectionBackground': {
      background: 'color-mix(in oklab, var(--accent) 28%, transparent)',
    },
    '.cm-matchingBracket, &.cm-focused .cm-matchingBracket': {
      backgroundColor: 'color-mix(in oklab, var(--accent) 22%, transparent)',
    },
    '.cm-nonmatchingBracket, &.cm-focused .cm-nonmatchingBracket': { backgroundColor: 'var(--bad-wash)' },
    '.cm-tooltip': {
      border: '1px solid var(--line-strong)',
      borderRadius: '0.4rem',
      backgroundColor: 'var(--surface)',
      color: 'var(--ink)',
      boxShadow: 'var(--shadow)',
      fontFamily: 'var(--text)',
      overflow: 'hidden',
    },
    '.cm-tooltip.cm-tooltip-autocomplete > ul': { fontFamily: 'var(--mono)', maxHeight: '16rem' },
    '.cm-tooltip.cm-tooltip-autocomplete > ul > li': { padding: '0.2rem 0.6rem' },
    '.cm-tooltip-autocomplete ul li[aria-selected]': { backgroundColor: 'var(--accent)', color: 'var(--surface)' },
    '.cm-tooltip-autocomplete ul li[aria-selected] .cm-completionDetail': { color: 'inherit' },
    '.cm-completionDetail': { color: 'var(--ink-soft)', fontStyle: 'normal', fontFamily: 'var(--text)' },
    '.cm-completionMatchedText': { textDecoration: 'none', fontWeight: '700' },
    '.cm-tooltip.cm-completionInfo': { maxWidth: '22rem', padding: '0.5rem 0.7rem' },
    '.cm-tooltip-lint': { maxWidth: '32rem' },
    '.cm-diagnostic': { padding: '0.4rem 0.7rem', borderLeftWidth: '4px', whiteSpace: 'pre-wrap' },
    '.cm-diagnostic-error': { borderLeftColor: 'var(--bad)' },
    '.cm-diagnostic-warning': { borderLeftColor: 'var(--warn)' },
    '.cm-diagnostic-info': { borderLeftColor: 'var(--accent)' },
    // The usual waves are pictures in addresses, which the content policy forbids.
    '.cm-lintRange': { backgroundImage: 'none', textUnderlineOffset: '0.2em', textDecorationThickness: '2px' },
    '.cm-lintRange-error': { textDecoration: 'underline wavy var(--bad)' },
    '.cm-lintRange-warning': { textDecoration: 'underline wavy var(--warn)' },
    '.cm-lintRange-info': { textDecoration: 'underline dotted var(--accent)' },
    '.cm-lintRange-active': { backgroundColor: 'var(--warn-wash)' },
    '.cm-lint-marker': { content: 'none', width: '0.8rem', height: '0.8rem', fontWeight: '700', lineHeight: '1' },
    '.cm-lint-marker-error, .cm-lint-marker-warning, .cm-lint-marker-info': { content: 'normal' },
    '.cm-lint-marker-error::after': { content: '"✕"', color: 'var(--bad)' },
    '.cm-lint-marker-warning::after': { content: '"!"', color: 'var(--warn)' },
    '.cm-lint-marker-info::after': { content: '"i"', color: 'var(--accent)' },
    '.cm-panels': { backgroundColor: 'var(--inset)', color: 'var(--ink)' },
    '.cm-panel.cm-panel-lint ul [aria-selected]': { backgroundColor: 'var(--accent-wash)' },
    '.cm-snippetField': { backgroundColor: 'var(--accent-wash)' },
  }),
  syntaxHighlighting(
    HighlightStyle.define([
      { tag: tags.propertyName, color: 'var(--accent)' },
      { tag: tags.string, color: 'var(--good)' },
      { tag: [tags.number, tags.bool, tags.null], color: 'var(--warn)' },
      { tag: tags.invalid, color: 'var(--bad)' },
    ]),
  ),
];
