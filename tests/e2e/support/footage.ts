/** Film that was shot, in the sizes that tests can afford. */
import { execFileSync } from "node:child_process";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Twenty-four frames a second of this size: the path of a file. */
export function footage(size: string): string {
  const clip = join(tmpdir(), `vitrine-proof-${size}.mp4`);
  execFileSync("ffmpeg", [
    "-hide_banner", "-loglevel", "error", "-y", "-i", join(process.env["VITRINE_FOOTAGE"] ?? "", "bigbuckbunny.mp4"),
    "-vf", `scale=${size.replace("x", ":")}`, "-r", "24", "-an", "-c:v", "libx264", "-preset", "ultrafast", "-crf", "18", clip,
  ]);
  return clip;
}
