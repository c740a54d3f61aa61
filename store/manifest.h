/* A manifest is a dataset: its shards in order, and the facts of reading its files. */
#ifndef CANVASS_STORE_MANIFEST_H
#define CANVASS_STORE_MANIFEST_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/decimal.h"
#include "base/digest.h"
#include "base/file_facts.h"
#include "base/status.h"
#include "store/column_codes.h"

enum {
  MANIFEST_FILES_MAX = 1 << 20,
  MANIFEST_SHARDS_MAX = 1 << 24,
};

typedef struct manifest_shard {
  digest name;
  uint64_t bytes;
  uint64_t first_ordinal;
  uint32_t rows;
  uint32_t file;
} manifest_shard;

typedef struct manifest_column {
  slice name;
  slice label; /* what the first file says the column is about, beside its title; empty: nothing */
  /* Of all numbers in it but those beyond 2^62, which no variable can use: the most digits that any has
   * after the decimal mark, its exponent applied (255 at most), and how large the largest is.  Neither
   * depends on how the file was cut or encoded. */
  uint8_t decimals_max;
  decimal_magnitude largest;
  bool largest_known; /* false in manifests of version 2, whose DECIMALS_MAX leaves out numbers of more than
                         18 decimals or digits */
  bool as_numbers;    /* some shard keeps its cells as numbers: how they were written is lost */
  uint32_t *lacking;  /* ascending: the files that do not have it, nor their shards */
  uint32_t lacking_count;
  size_t lacking_capacity;
  column_codes codes;    /* what the dictionary of the first file that has it says of its cells */
  uint32_t codes_differ; /* the first file, from 1, whose dictionary says something else; 0: none does */
} manifest_column;

typedef struct manifest {
  arena *memory;
  file_facts *files;
  uint32_t files_count;
  manifest_shard *shards; /* by first_ordinal */
  uint32_t shards_count;
  manifest_column *columns; /* in the order of the first file; then what later ones have besides */
  uint32_t columns_count;
  code_set *sets; /* multiple-response sets of the first file's dictionary */
  uint32_t sets_count;
} manifest;

manifest *manifest_new(void);
void manifest_destroy(manifest *m);
/* The dataset of all PARTS (at least one), which follow each other: files and shards in that order, the
 * columns of the first part and then those that later parts add, with the facts of all parts.  The parts'
 * shards count their records from the dataset's first, and their files from the part's. */
status manifest_join(const manifest *const *parts, size_t count, manifest **out, error *err) MUST_USE;
uint64_t manifest_rows(const manifest *m); /* usable rows */
/* Notes that FILE, which is beyond those noted before, does not have column C.  When memory runs out, M's
 * arena knows. */
void manifest_column_lacks(manifest *m, manifest_column *c, uint32_t file);
/* Whether FILE does not have column C. */
bool manifest_column_is_lacking(const manifest_column *c, uint32_t file);
/* Whether A and B have the same files under the same names, cut into the same shards.  Their facts may differ
 * even so, when an earlier version of this program wrote one of them. */
bool manifest_same_shards(const manifest *a, const manifest *b);
void manifest_encode(const manifest *m, buf *out);
status manifest_decode(const void *bytes, size_t length, manifest **out, error *err) MUST_USE;

#endif
