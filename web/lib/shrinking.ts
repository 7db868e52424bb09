// A photo made smaller before it is sent, by compressorjs: a phone's four megabytes are one to look at and to print. What the camera
// says of it (when, where) stays in it. A script of its own, loaded when the first large photo is chosen (lib/files).
import Compressor from "compressorjs";

/** The longer side in points: an A4 page at 250 dpi. */
const SIDE = 3000;

function shrink(photo: File): Promise<Blob> {
  return new Promise((success, error) => {
    new Compressor(photo, { maxWidth: SIDE, maxHeight: SIDE, quality: 0.82, retainExif: true, success, error });
  });
}

export type Shrinks = typeof shrink;
declare global {
  interface Window {
    ddShrink?: Shrinks;
  }
}
window.ddShrink = shrink;
