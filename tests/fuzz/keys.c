/* Key files and lists of allowed keys (proto/keys.h). */
#include "proto/keys.h"

#include <string.h>

#include "proto/message.h"
#include "tests/fuzz/fuzz.h"

/* Keys of RFC 32 (Z85) and zguide examples would do; these are any 32 bytes. */
#define KEY_A "Yne@$w-vo<fVvi]a<NY6T1ed:M$fCG*[IaLV{hID"
#define KEY_B "rq:rM>}U?@Lns47E1%kR.o@n%FcmmsL/@{H8]yf7"

static void check_list(const char *path) {
  key_list *l = NULL;
  error err = {STATUS_OK, ""};
  const status st = key_list_read(path, &l, &err);
  if (st != STATUS_OK) {
    fuzz_require_told(st, &err);
    fuzz_require(strncmp(err.message, path, strlen(path)) == 0, "what is wrong is told with its file");
    return;
  }
  const char *title = NULL;
  const unsigned roles = key_list_roles(l, slice_of(KEY_A), &title);
  fuzz_require((roles & ~(unsigned)(WAY_CLIENT | WAY_WORKER)) == 0, "a list gives the two roles alone");
  fuzz_require(roles == 0 || title != NULL, "an allowed key has a title");
  /* The lines that let somebody in are read as they were meant. */
  if (roles != 0) {
    key_pair pair = {.public_key = KEY_A};
    buf b;
    buf_init(&b);
    key_list_put(&b, roles, &pair, title);
    fuzz_file written = fuzz_file_new(b.data, b.length);
    key_list *back = NULL;
    fuzz_require_ok(key_list_read(written.path, &back, &err), &err, "lines that are written can be read");
    const char *again = NULL;
    fuzz_require(key_list_roles(back, slice_of(KEY_A), &again) == roles, "written lines give the same roles");
    fuzz_file_close(&written);
    key_list_destroy(back);
    buf_fini(&b);
  }
  key_list_destroy(l);
}

int fuzz_one(const uint8_t *bytes, size_t length) {
  fuzz_file file = fuzz_file_new(bytes, length);
  key_pair pair;
  error err = {STATUS_OK, ""};
  check_list(file.path);
  status st = key_pair_read(file.path, &pair, &err);
  if (st == STATUS_OK) {
    fuzz_require(strlen(pair.secret_key) == KEY_TEXT_BYTES - 1, "a pair has both halves");
  } else {
    fuzz_require_told(st, &err);
  }
  st = key_public_read(file.path, &pair, &err);
  if (st == STATUS_OK) {
    fuzz_require(strlen(pair.public_key) == KEY_TEXT_BYTES - 1 && pair.secret_key[0] == '\0',
                 "a public half is that alone");
  } else {
    fuzz_require_told(st, &err);
  }
  fuzz_file_close(&file);
  return 0;
}

void fuzz_seeds(fuzz_corpus *out) {
  key_pair own;
  error err;
  buf b;
  buf_init(&b);
  fuzz_corpus_add_text(out, "# the cluster\nworker " KEY_A " anna's machine\nclient " KEY_B "\n");
  fuzz_corpus_add_text(out, "client " KEY_A " x\r\nworker " KEY_A "\r\n\r\n");
  fuzz_corpus_add_text(out, "");
  fuzz_corpus_add_text(out, "# canvass key of anna\npublic " KEY_A "\nsecret " KEY_B "\n");
  if (key_pair_new(&own, &err) == STATUS_OK) {
    buf_printf(&b, "public %s\nsecret %s\n", own.public_key, own.secret_key);
    fuzz_corpus_add(out, b.data, b.length);
  }
  buf_fini(&b);
}
