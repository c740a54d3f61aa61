/* Texts in fields of a fixed width, in the encoding of their file. */
#ifndef CANVASS_READING_PADDED_TEXT_H
#define CANVASS_READING_PADDED_TEXT_H

#include <stdatomic.h>

#include "base/arena.h"

/* Watches all texts of a file that are converted, by whichever thread: are they UTF-8 already?  Zeroed at
 * first. */
typedef struct padded_watch {
  atomic_bool is_other;
  atomic_uint_fast64_t characters; /* beyond ASCII */
} padded_watch;

typedef struct padded_texts {
  const char *encoding; /* as resolved (encoding.h); NULL: UTF-8 */
  void *handle;         /* of iconv; NULL until the first text that needs it */
  padded_watch *watch;  /* borrowed; NULL: nobody asks */
} padded_texts;

typedef enum padded_outcome { PADDED_WELL, PADDED_BAD, PADDED_NO_MEMORY } padded_outcome;

/* STATUS_SPECIFICATION when ENCODING is not known, or cannot be that of fields padded with blanks. */
status padded_texts_check(const char *encoding, const char *title, error *err) MUST_USE;
/* The notice (base/file_facts.h) of a file whose texts, stated to be in ENCODING, are UTF-8, as a bit; else
 * 0.
 */
uint32_t padded_watch_notices(padded_watch *w, const char *encoding);
/* Zeroed: nothing to end. */
void padded_texts_fini(padded_texts *t);
/* Texts in ENCODING follow, which lives as long as T. */
void padded_texts_use(padded_texts *t, const char *encoding);

/* The text of the LENGTH bytes at BYTES, trimmed, in MEMORY with INPUT_MARGIN readable bytes after it.  NUL
 * bytes pad like blanks and are dropped; so is a character that the end of the field cuts off.  PADDED_BAD:
 * the byte at *BAD is not of the encoding. */
padded_outcome padded_text(padded_texts *t, const uint8_t *bytes, size_t length, arena *memory, slice *out,
                           size_t *bad);

/* What a text is, in messages: the file, "the label of variable", and its name. */
typedef struct padded_naming {
  const char *title, *what;
  slice name;
} padded_naming;
/* The same of BYTES; what cannot be read is STATUS_DATA. */
status padded_text_read(padded_texts *t, slice bytes, const padded_naming *naming, arena *memory, slice *out,
                        error *err) MUST_USE;

#endif
