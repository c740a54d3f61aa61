/* Twelve monthly files of a survey, and short ways to read them as a specification says. */
#ifndef CANVASS_TESTS_SPECIFICATION_MONTHS_H
#define CANVASS_TESTS_SPECIFICATION_MONTHS_H

#include "specification/preparation.h"
#include "tests/seeded.h"

enum { MONTHS = 12, PATH_BYTES = 400 };

/* A specification of the files; one for which numbers are texts; one of other columns. */
extern const char months_page[];
extern const char months_amount_as_text[];
extern const char months_other_page[];

typedef struct months_scene {
  char directory[256];
  char plain[MONTHS][PATH_BYTES], packed[MONTHS][PATH_BYTES];
  store *blobs;
} months_scene;

void months_set_up(months_scene *s, seeded *r);
void months_tear_down(months_scene *s);
void months_open_temporary(store **out);

/* TEXT must be a valid specification. */
spec *months_parse(const char *text);
/* As preparation_append. */
status months_try_read(const char *text, uint32_t shard_rows, const manifest *before,
                       const char *const *paths, const char *const *names, size_t count, store *into,
                       manifest **out, uint32_t *added, error *err);
/* The same, which must go well and add so many files. */
manifest *months_read_more(const char *text, uint32_t shard_rows, const manifest *before,
                           const char *const *paths, size_t count, store *into, uint32_t added_expected);
void months_assert_same(const manifest *a, const manifest *b);

#endif
