/** What Node gives to the serializer and a browser does not; the build adds it to the bundle for browsers. */
// With a slash: the package, and not Node's module of this name.
import { Buffer as BrowserBuffer } from 'buffer/'

export const Buffer = BrowserBuffer
