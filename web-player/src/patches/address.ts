/** The port that ArgyllCMS takes unless it is told another one. */
const USUAL_PORT = 8080;

/** Where calibration software on this computer shows its patches, by the page's query (`?port=18081`); never on another one. */
export function patchesAt(query: string): string {
  const text = new URLSearchParams(query).get('port') ?? '';
  const port = /^\d{2,5}$/.test(text) ? Number(text) : USUAL_PORT;
  return `http://localhost:${port <= 65_535 ? port : USUAL_PORT}/`;
}
