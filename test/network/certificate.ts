import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';

/** Where a TLS server finds what it shows. */
export interface Certificate {
  readonly keyPath: string;
  readonly certificatePath: string;
}

/** Makes a certificate that nobody has signed but itself, good for a day. @throws Error where openssl is missing. */
export async function makeCertificate(dir: string, address: string): Promise<Certificate> {
  const [keyPath, certificatePath] = [join(dir, 'key.pem'), join(dir, 'certificate.pem')];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1', '-nodes'];
  const subject = ['-days', '1', '-subj', `/CN=${address}`, '-addext', `subjectAltName=IP:${address}`];
  await promisify(execFile)('openssl', [
    'req',
    '-x509',
    ...curve,
    ...subject,
    '-keyout',
    keyPath,
    '-out',
    certificatePath,
  ]);
  return { keyPath, certificatePath };
}
