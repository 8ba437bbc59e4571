import { readFile } from "node:fs/promises";
import { createRequire } from "node:module";
import type { WrappedPdfiumModule } from "@embedpdf/pdfium";

/** PDFium as WebAssembly, compiled: nothing can be asked of it but to run. */
export interface CompiledPdfium {
  readonly compiledPdfium?: never;
}

// TypeScript knows WebAssembly of browsers alone; Node has the same.
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    compile(bytes: Uint8Array): Promise<CompiledPdfium>;
    instantiate(module: CompiledPdfium, imports: object): Promise<object>;
  };
};

let compiled: Promise<CompiledPdfium> | undefined;
let loaded: Promise<WrappedPdfiumModule> | undefined;

/** PDFium compiled, once for a process: threads are given it. */
export async function compiledPdfium(): Promise<CompiledPdfium> {
  compiled ??= readFile(createRequire(import.meta.url).resolve("@embedpdf/pdfium/pdfium.wasm")).then((wasm) =>
    WebAssembly.compile(new Uint8Array(wasm)),
  );
  return compiled;
}

/** Lets this thread use what another compiled. */
export function usePdfium(module: CompiledPdfium): void {
  compiled = Promise.resolve(module);
}

/** PDFium, ready in this thread. */
export async function pdfium(): Promise<WrappedPdfiumModule> {
  loaded ??= (async () => {
    // Read where a PDF is, not when the product starts.
    const [{ init }, code] = await Promise.all([import("@embedpdf/pdfium"), compiledPdfium()]);
    const module = await init({
      // Emscripten asks for this in place of the bytes, where they are compiled already.
      instantiateWasm: (imports: object, receive: (instance: object) => void) => {
        void WebAssembly.instantiate(code, imports).then(receive);
        return {};
      },
      // What it says of broken files would go to the log of the product.
      print: () => undefined,
      printErr: () => undefined,
    });
    module.PDFiumExt_Init();
    return module;
  })();
  return loaded;
}

/** The memory of PDFium, which its types leave out. Anything that takes memory can put another in its place. */
export function memoryOf({ pdfium: runtime }: WrappedPdfiumModule): Uint8Array {
  return (runtime as unknown as { readonly HEAPU8: Uint8Array }).HEAPU8;
}

/** Does work with some bytes of PDFium’s memory, and gives them back. */
export function inMemory<Answer>(module: WrappedPdfiumModule, bytes: number, work: (at: number) => Answer): Answer {
  const at = module.pdfium.wasmExports.malloc(bytes);
  try {
    return work(at);
  } finally {
    module.pdfium.wasmExports.free(at);
  }
}

/** FPDF_PAGEOBJ_IMAGE of fpdf_edit.h. */
export const imageObject = 3;
