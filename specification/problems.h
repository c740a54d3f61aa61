/* Mistakes in a specification: collected with their places, reported together.
 *
 * A mistake never stops the reading; what it spoils is marked as such, so that one mistake is reported once.
 * Private to specification.
 */
#ifndef CANVASS_SPECIFICATION_PROBLEMS_H
#define CANVASS_SPECIFICATION_PROBLEMS_H

#include "base/arena.h"
#include "specification/spec.h"

/* More than this are counted and not listed. */
enum { PROBLEMS_MAX = 500 };

typedef struct place {
  uint32_t line, column; /* from 1 */
  const char *source;    /* the file; NULL: the page */
} place;

typedef struct problem {
  place at;
  const char *message;
} problem;

typedef struct problem_list {
  arena *memory;      /* borrowed */
  const char *source; /* the file's name, as written before each place */
  problem list[PROBLEMS_MAX];
  size_t listed;
  size_t count;
  size_t data_count; /* of these: what the data lack while the page is valid */
  bool muted;        /* for reading again what was read before */
} problem_list;

/* NULL when out of memory.  Lives in A. */
problem_list *problems_new(arena *a, const char *source);
void problem_at(problem_list *p, place at, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* The page is valid, but the data do not match it (a missing column). */
void problem_of_data(problem_list *p, place at, const char *format, ...)
    __attribute__((format(printf, 3, 4)));
/* The message FORMAT about NAME, with the nearest of the candidates, or all of them when they are few. */
void problem_nearest(problem_list *p, place at, slice name, const char *const *candidates, size_t count,
                     const char *format, ...) __attribute__((format(printf, 6, 7)));
/* The same with "unknown KIND 'NAME'". */
void problem_unknown(problem_list *p, place at, const char *kind, slice name, const char *const *candidates,
                     size_t count);
/* The text as messages show it: cut to a readable length, tabs as "\t", other control
 * characters as '?'.  Never NULL. */
const char *problem_quote(const problem_list *p, slice text);
/* Sorts by place and writes all into OUT.  STATUS_OK when there is none, STATUS_DATA when all are of the
 * data, otherwise STATUS_SPECIFICATION; ERR has the first. */
status problems_finish(problem_list *p, spec_problems *out, error *err) MUST_USE;

#endif
