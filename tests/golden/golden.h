/* Golden bytes: what formats that outlive a process were when their version was given, and golden refusals.
 *
 * tests/golden/NAME.hex has entries, "[name] version N: ..." and then hexadecimal digits with comments.  They
 * do not come from this program but from tests/golden/write, which makes them from descriptions of the
 * formats. Whatever fails ends the running test, and says what to do. */
#ifndef CANVASS_TESTS_GOLDEN_GOLDEN_H
#define CANVASS_TESTS_GOLDEN_GOLDEN_H

#include "base/buf.h"
#include "base/digest.h"

typedef struct golden golden;

golden *golden_open(const char *name);
void golden_close(golden *g);
size_t golden_count(const golden *g);
const char *golden_name(const golden *g, size_t index);
/* The bytes of an entry, borrowed; in a block of exactly that size. */
slice golden_bytes(const golden *g, const char *entry);
/* Stands for a digest in goldens: 32 bytes that count up from FIRST. */
digest golden_digest(uint8_t first);

/* A format's version, and where it is raised: "PLAN_VERSION (stats/plan/codec.h)". */
typedef struct golden_version {
  unsigned number;
  const char *where;
} golden_version;

/* WRITTEN is what the program makes of the entry's value: it must be the entry's bytes, and VERSION its
 * version. */
void golden_expect(const golden *g, const char *entry, const buf *written, golden_version version);
void golden_expect_slice(const golden *g, const char *entry, slice written, golden_version version);

/* One change of an entry's bytes, and what the decoder then says. */
typedef struct golden_refusal {
  const char *entry;
  enum { GOLDEN_BYTE, GOLDEN_CUT, GOLDEN_MORE } change;
  size_t at;    /* of BYTE the place, of CUT the length that is left */
  uint8_t byte; /* of BYTE what stands there then, of MORE what follows */
  status code;
  const char *message; /* the whole one */
} golden_refusal;

/* DECODE reads bytes of that ENTRY and lets go what it made of them.  REPAIR (may be NULL) makes good the
 * checksums of altered bytes. */
void golden_refuse(const golden *g, const golden_refusal *refusals, size_t count,
                   status (*decode)(const char *entry, slice bytes, error *err),
                   void (*repair)(const char *entry, buf *bytes));
/* Every truncation of the entry is refused, with REPAIR and without. */
void golden_refuse_beginnings(const golden *g, const char *entry,
                              status (*decode)(const char *entry, slice bytes, error *err),
                              void (*repair)(const char *entry, buf *bytes));

#endif
