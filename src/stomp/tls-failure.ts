import type { PeerCertificate } from 'node:tls';
import type { BatonError } from '../core/errors.ts';
import { addressText, type BrokerAddress } from './address.ts';
import { otherProtocol, untrusted } from './errors.ts';

/** What OpenSSL and Node add to an error. */
interface TlsError extends Error {
  readonly code?: string;
  /** OpenSSL's own words. */
  readonly reason?: string;
  /** Of a certificate for another name. */
  readonly cert?: PeerCertificate;
}

/** What a failed TLS handshake says of the two sides, in words that tell what to do; undefined when it is not of TLS. */
export function tlsFailure(cause: TlsError, address: BrokerAddress): BatonError | undefined {
  const { code = '', reason, cert } = cause;
  const broker = addressText(address);
  const distrust = (why: string): BatonError => untrusted({ broker, reason: why }, { cause });
  if (NOT_TLS.has(code)) return otherProtocol({ broker, speaks: 'no TLS', scheme: 'stomp://' }, { cause });
  if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') {
    return distrust(
      `its certificate is for ${cert?.subjectaltname ?? 'no name'}, not for ${address.tls?.name ?? address.host}`,
    );
  }
  const known = REASONS.find(([codes]) => codes.test(code))?.[1];
  if (known !== undefined) return distrust(known);
  return reason !== undefined || /^(?:ERR_SSL|ERR_TLS|EPROTO|CERT_)/.test(code)
    ? distrust(reason ?? cause.message)
    : undefined;
}

/** A TLS record of the type "alert": what a TLS port may answer to a plain CONNECT. RFC 8446, 5.1. */
export function isTlsAlert(bytes: Buffer): boolean {
  return bytes[0] === 0x15 && bytes[1] === 0x03;
}

const NOT_TLS = new Set(['ERR_SSL_WRONG_VERSION_NUMBER', 'ERR_SSL_PACKET_LENGTH_TOO_LONG']);

/** Codes of X.509 as Node names them, and alerts of the other side. TLS 1.2 has only one alert for all that it refuses. */
const REASONS: readonly (readonly [RegExp, string])[] = [
  [
    /SELF_SIGNED|UNABLE_TO_GET_ISSUER|UNABLE_TO_VERIFY|CERT_UNTRUSTED/,
    'its certificate is signed by nobody who is trusted here; name who signed it with ?ca=FILE',
  ],
  [/CERT_HAS_EXPIRED/, 'its certificate has expired'],
  [/CERT_NOT_YET_VALID/, 'its certificate is not valid yet; one of the two clocks may be wrong'],
  [
    /ALERT_CERTIFICATE_REQUIRED|ALERT_HANDSHAKE_FAILURE|ALERT_BAD_CERTIFICATE/,
    'it asks for another certificate of this side than it got; name one that it accepts with ?cert=FILE&key=FILE',
  ],
  [/ALERT_UNKNOWN_CA|ALERT_CERTIFICATE_UNKNOWN/, 'it does not trust who signed the certificate of this side (cert=)'],
];
