import { isObject, type Json } from '../core/json.ts';

/** A value as Python's `str` writes it: what a Python dispatcher would put in place of a `{placeholder}`. */
export function pythonText(value: Json): string {
  return typeof value === 'string' ? value : pythonLiteral(value);
}

/** A value as Python's `repr` writes it. JSON does not tell 1.0 from 1: whole numbers are written without a point. */
export function pythonLiteral(value: Json): string {
  if (value === null) return 'None';
  if (typeof value === 'boolean') return value ? 'True' : 'False';
  if (typeof value === 'number') return numberText(value);
  if (typeof value === 'string') return quoted(value);
  if (!isObject(value)) return `[${value.map(pythonLiteral).join(', ')}]`;
  return `{${Object.entries(value)
    .map(([key, inner]) => `${quoted(key)}: ${pythonLiteral(inner)}`)
    .join(', ')}}`;
}

/** Both languages write the shortest digits that read back; Python turns to exponents below 1e-4 and pads them to two digits. */
function numberText(value: number): string {
  if (isWhole(value)) return BigInt(value).toString();
  const text = Math.abs(value) < 1e-4 ? value.toExponential() : String(value);
  return text.replace(/e([+-])(\d)$/, 'e$10$2');
}

/** JSON does not tell a whole number from a float; from 1e21 on JavaScript, too, writes an exponent. */
export function isWhole(value: number): boolean {
  return Number.isInteger(value) && Math.abs(value) < 1e21;
}

/** Single quotes, unless only double quotes save escaping. */
function quoted(text: string): string {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replace(/[\\\p{Cc}]/gu, escape).replaceAll(quote, `\\${quote}`);
  return quote + escaped + quote;
}

const shortEscapes: Readonly<Record<string, string>> = { '\\': '\\\\', '\n': '\\n', '\r': '\\r', '\t': '\\t' };

function escape(character: string): string {
  return shortEscapes[character] ?? `\\x${character.charCodeAt(0).toString(16).padStart(2, '0')}`;
}
