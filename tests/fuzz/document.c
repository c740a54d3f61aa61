/* Report documents, rendered in every form and language (report/report.h). */
#include <stdlib.h>
#include <string.h>

#include "report/report.h"
#include "tests/fuzz/fuzz.h"

static void check(const uint8_t *bytes, size_t length, const report_options *options) {
  error err = {STATUS_OK, ""};
  buf out, findings;
  buf_init(&out);
  buf_init(&findings);
  const status st = report_render(bytes, length, options, &out, &err);
  if (st != STATUS_OK) {
    fuzz_require_told(st, &err);
  }
  for (size_t i = 0; st == STATUS_OK && strcmp(options->format, "text") == 0 && i < out.length; i++) {
    fuzz_require(out.data[i] >= 0x20 || out.data[i] == '\n', "no control character reaches a terminal");
  }
  if (report_render_findings(bytes, length, options, &findings, &err) != STATUS_OK) {
    fuzz_require(err.message[0] != '\0', "a failure has a message");
  }
  buf_fini(&out);
  buf_fini(&findings);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  (void)setenv("CANVASS_BROWSER", "/nonexistent", 1); /* a page is as far as a PDF goes here */
  /* One language each, by what the text is, so that an input says which. */
  const report_language language = (report_language)(length % 3);
  static const char *const formats[] = {
#define FORMAT(name, part, extension, is_document, about) #name,
#include "report/formats.def"
#undef FORMAT
      "svg:describe",
      "svg:describe/percent",
  };
  for (size_t i = 0; i < sizeof formats / sizeof formats[0]; i++) {
    if (strcmp(formats[i], "xlsx") == 0 &&
        length % 16 != 0) { /* a dozen files: as slow as all others together */
      continue;
    }
    const report_options options = {
        .format = formats[i], .language = language, .columns = length % 2 == 0 ? 80 : 40};
    check(bytes, length, &options);
  }
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  fuzz_corpus_add_file(out, "tests/report/golden/report_document.json");
  fuzz_corpus_add_text(out,
                       "{\"canvass\":{\"report\":1},\"specification\":\"00\",\"variables\":{},\"data\":{"
                       "\"files\":[],\"rows\":1,\"quarantined\":0,\"invalid\":0},\"analyses\":[]}");
}
