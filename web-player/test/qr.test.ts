import { describe, expect, it } from 'vitest';
import { qrCode } from '../src/design/qr';

const URL = 'otpauth://totp/Vitrine:mira.lindqvist?secret=J6NTPRC74YMAXDRUAQXIV6CP65UP5EU7&issuer=Vitrine&algorithm=SHA1&digits=6&period=30';

const rows = (text: string): string[] => (qrCode(text) ?? []).map((row) => BigInt(`0b${row.map(Number).join('')}`).toString(16));

/** Rows of modules as hexadecimal numbers, by the encoder of another hand (qrcode 8.2, level M, mask 2 and 1). */
const SMALL = '1fcb7f 104d41 17545d 175f5d 17595d 105541 1fd57f 1900 17c17c 170a5f 5e366 f112f 1cef7b 1af5 1fcfc6 10522d 175a43 1750d4 1753cc 104d8c 1fd3ca'.split(' ');
const LARGE = '1fd4767ddd17f 104928e888f41 17524c5146b5d 17461646a6a5d 1741affdc605d 10564a47f7c41 1fd555555557f e4c62bf00 146e7c7d9f825 1227a2aa8b899 17644fba555b1 15167a991abb3 e6dfbb959db 7a10fe293abb a5c92b3889b9 1803fff0cc3b3 45070f0883d8 1818de09dd22b bd2597ccc21f 1da0b19f55aba ec63b1b95e50 c20569eba8ab 5f1c9fc929f7 319cec487b1a 95db4d557d59 1112dac48bb1b 3f0e4feef5f9 10b7c715966b 17a35b15b788 ebec831a89a9 1b6fb1272b259 16b65c3622269 12566ac777f80 415724622223 17e0ccd777ecf 1cb2e641d9ecb 116770195d32b c23642089aa2 8f09b0683161 e1204022c20a 1c48987d55ff1 1a4246a9917 1fdcc5577f557 1041f14793918 1746277dd5df1 1743d392989b3 17546296b915d 104bbfa0ccfa8 1fd1b26488839'.split(' ');

describe('a QR code', () => {
  it('of one block is what another encoder makes', () => expect(rows('otpauth://totp')).toEqual(SMALL));
  it('of several blocks, with its version written in it, is what another encoder makes', () => expect(rows(URL)).toEqual(LARGE));
  it('is not made of a text that does not fit', () => expect(qrCode('x'.repeat(413))).toBeNull());
  it('is made of the longest that fits', () => expect(qrCode('x'.repeat(412))).toHaveLength(77));
});
