"use strict";

// Signs that turn the direction of what follows, as a document or a file's name may bring them:
// shown by number, so that nobody reads a text that is not there.
const TURNING = /[\u202a-\u202e\u2066-\u2069]/g;
const numberOf = (sign) => sign.charCodeAt(0).toString(16);

globalThis.visible = (text) => String(text).replace(TURNING, (sign) => `⟨U+${numberOf(sign).toUpperCase()}⟩`);
globalThis.visibleJson = (value) => JSON.stringify(value, null, 2).replace(TURNING, (sign) => `\\u${numberOf(sign)}`);
