/* What a fuzz target is: one file here with the two functions below, and its line in CMakeLists.txt.
 *
 * A target is linked with the driver of this folder (driver.c: small, seeded, any compiler; what the tests
 * run) or with clang's libFuzzer (preset `fuzz`; what scripts/fuzz runs where clang is there).  Both
 * understand the same arguments:
 *
 *     fuzz_NAME                                  the seeds and some thousand alterations of them
 *     fuzz_NAME -runs=N -seed=N                  other ones, or more
 *     fuzz_NAME -max_total_time=SECONDS FOLDER   with what stands in FOLDER as seeds
 *     fuzz_NAME FILE                             that input alone: a finding, again
 *     fuzz_NAME --corpus=FOLDER                  writes the seeds there
 */
#ifndef CANVASS_TESTS_FUZZ_FUZZ_H
#define CANVASS_TESTS_FUZZ_FUZZ_H

#include "base/buf.h"

typedef struct fuzz_corpus {
  buf *inputs;
  size_t count, capacity;
} fuzz_corpus;

/* ---- What a target defines */

/* Decodes the bytes and checks what is promised of the outcome; ends the process where it does not hold.
 * Always 0.  BYTES is a block of exactly that size. */
int fuzz_one(const uint8_t *bytes, size_t length);
/* Adds inputs that the program's own encoders, or people, would write. */
void fuzz_seeds(fuzz_corpus *out);

/* ---- What it may use */

void fuzz_corpus_add(fuzz_corpus *c, const void *bytes, size_t length);
void fuzz_corpus_add_text(fuzz_corpus *c, const char *terminated);
/* The file NAME of the repository. */
void fuzz_corpus_add_file(fuzz_corpus *c, const char *name);
void fuzz_corpus_fini(fuzz_corpus *c);
/* Writes the inputs as FOLDER/seed-0000, ...; the folder is made when it is not there. */
void fuzz_corpus_write(const fuzz_corpus *c, const char *folder);

/* Ends the process, with WHAT is promised, unless HOLDS. */
void fuzz_require(bool holds, const char *what);
/* Ends the process unless RESULT is STATUS_OK. */
void fuzz_require_ok(status result, const error *err, const char *what);
/* A failure has a message that names the thing. */
void fuzz_require_told(status result, const error *err);
void fuzz_require_same(slice a, slice b, const char *what);
slice fuzz_slice(const buf *b);

/* A file in memory alone with these bytes.  PATH is good until it is closed. */
typedef struct fuzz_file {
  int descriptor;
  char path[64];
} fuzz_file;
fuzz_file fuzz_file_new(const void *bytes, size_t length);
void fuzz_file_close(fuzz_file *f);

#endif
