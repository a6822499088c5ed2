/** The version of glibc; undefined on Linux with another C library, which is musl, and elsewhere. */
export function glibcVersion(): string | undefined {
  const { header } = process.report.getReport() as { header: { glibcVersionRuntime?: string } };
  return header.glibcVersionRuntime;
}
