/* canvass version: the release, and what determines whether two machines give the same bytes. */
#include "cli/output.h"
#include "cli/subcommand.h"
#include "stats/stats.h"

void version_text(buf *out) {
  char fingerprint[DIGEST_HEX_BYTES];
  digest d = stats_fingerprint();
  digest_hex(&d, fingerprint);
  buf_printf(out, "canvass %s\n", CANVASS_VERSION);
  buf_printf(out, "kernels: %s\n", stats_kernels_name());
  buf_printf(out, "numeric fingerprint: %.16s\n", fingerprint);
  buf_printf(out, "License GPL-3.0-or-later; there is no warranty, to the extent permitted by law.\n");
}

static status version(const settings *s, const char *const *operands, size_t count, error *err) {
  (void)s;
  (void)operands;
  (void)count;
  buf text;
  buf_init(&text);
  version_text(&text);
  status st = buf_status(&text, "version", err);
  if (st == STATUS_OK) {
    st = output_write(NULL, &text, err);
  }
  buf_fini(&text);
  return st;
}

const subcommand subcommand_version = {
    .name = "version",
    .summary = BESIDES_SUMMARY,
    .usage = "",
    .about =
        SAID("Workers with equal releases and fingerprints give equal bytes.\n",
             "版本与指纹相同的工作程序给出相同的字节。\n", "版本與指紋相同的工作程式給出相同的位元組。\n"),
    .example = "canvass version\n",
    .operands_max = 0,
    .run = version,
};
