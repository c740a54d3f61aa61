/* Runs a target without libFuzzer: each seed as it is, then alterations of seeds, always the same ones for
 * the same -seed.  It sees no coverage; what makes up for it is that every seed is valid, and that
 * alterations are small and of the kinds that break decoders: numbers at their edges, lengths that lie, parts
 * that are missing, doubled or another's.
 *
 * An input that ends the process is written to a file first, with the command that runs it again. */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/fuzz/fuzz.h"
#include "tests/seeded.h"

enum { RUNS_DEFAULT = 2000, LENGTH_MAX = 1 << 16 };

/* ---- Findings ------------------------------------------------------------------------------------ */

static const uint8_t *current;
static size_t current_length;
static char finding_path[512];

static void put(const char *text) {
  const ssize_t ignored = write(STDERR_FILENO, text, strlen(text));
  (void)ignored;
}

/* Only what a signal handler may call. */
static void keep_finding(int signal_number) {
  const int file = open(finding_path, O_WRONLY | O_CREAT | O_TRUNC, 0666);
  if (file >= 0 && write(file, current, current_length) == (ssize_t)current_length) {
    put("the input stands in ");
    put(finding_path);
    put("; the same program with that file as its argument runs it again\n");
  }
  signal(signal_number, SIG_DFL);
  raise(signal_number);
}

#ifdef __SANITIZE_ADDRESS__
void __sanitizer_set_death_callback(void (*callback)(void));
static void keep_before_death(void) {
  keep_finding(SIGABRT);
}
#endif

static void watch(const char *program, const char *prefix) {
  static const int deadly[] = {SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM};
  const char *name = strrchr(program, '/');
  snprintf(finding_path, sizeof finding_path, "%s%s-finding", prefix, name != NULL ? name + 1 : program);
  for (size_t i = 0; i < sizeof deadly / sizeof deadly[0]; i++) {
    signal(deadly[i], keep_finding);
  }
#ifdef __SANITIZE_ADDRESS__
  __sanitizer_set_death_callback(keep_before_death);
#endif
}

static void run(const void *bytes, size_t length) {
  uint8_t *fitting = malloc(length + (length == 0)); /* so that a sanitizer sees any step past it */
  fuzz_require(fitting != NULL, "there is memory");
  if (length > 0) {
    memcpy(fitting, bytes, length);
  }
  current = fitting;
  current_length = length;
  fuzz_one(fitting, length);
  current_length = 0;
  free(fitting);
}

/* ---- Alterations --------------------------------------------------------------------------------- */

typedef struct input {
  uint8_t bytes[LENGTH_MAX];
  size_t length;
} input;

static size_t place(seeded *r, const input *in) {
  return seeded_below(r, in->length);
}

/* How much of what begins at AT. */
static size_t span(seeded *r, size_t length, size_t at) {
  const size_t wanted = 1 + seeded_bits(r, seeded_below(r, 4) == 0 ? 10 : 4);
  return wanted < length - at ? wanted : length - at;
}

static void insert(input *in, size_t at, const uint8_t *bytes, size_t length) {
  if (length <= LENGTH_MAX - in->length) {
    memmove(in->bytes + at + length, in->bytes + at, in->length - at);
    memcpy(in->bytes + at, bytes, length);
    in->length += length;
  }
}

static void alter_bit(seeded *r, input *in, const fuzz_corpus *c) {
  (void)c;
  in->bytes[place(r, in)] ^= (uint8_t)(1U << seeded_below(r, 8));
}

static void alter_byte(seeded *r, input *in, const fuzz_corpus *c) {
  static const uint8_t edges[] = {0, 1, 9, 10, 0x20, '"', ',', 0x7f, 0x80, 0xc0, 0xfe, 0xff};
  (void)c;
  in->bytes[place(r, in)] =
      seeded_below(r, 2) == 0 ? edges[seeded_below(r, sizeof edges)] : (uint8_t)seeded_next(r);
}

static void alter_number(seeded *r, input *in, const fuzz_corpus *c) {
  (void)c;
  const size_t at = place(r, in);
  const size_t width = (size_t)1 << seeded_below(r, 4);
  uint64_t value = 0;
  if (width > in->length - at) {
    return;
  }
  memcpy(&value, in->bytes + at, width);
  value = seeded_below(r, 2) == 0 ? value + seeded_below(r, 33) - 16 : seeded_bits(r, (unsigned)width * 8);
  memcpy(in->bytes + at, &value, width);
}

static void drop_span(seeded *r, input *in, const fuzz_corpus *c) {
  (void)c;
  const size_t at = place(r, in);
  const size_t length = span(r, in->length, at);
  memmove(in->bytes + at, in->bytes + at + length, in->length - at - length);
  in->length -= length;
}

static void double_span(seeded *r, input *in, const fuzz_corpus *c) {
  (void)c;
  uint8_t copy[1025];
  const size_t from = place(r, in);
  const size_t length = span(r, in->length, from);
  const size_t at = place(r, in);
  memcpy(copy, in->bytes + from, length);
  insert(in, at, copy, length);
}

static void cut_off(seeded *r, input *in, const fuzz_corpus *c) {
  (void)c;
  in->length = place(r, in);
}

/* A part of another seed, over what is here or between it. */
static void take_from_another(seeded *r, input *in, const fuzz_corpus *c) {
  const buf *other = &c->inputs[seeded_below(r, c->count)];
  if (other->length == 0) {
    return;
  }
  const size_t from = seeded_below(r, other->length);
  const size_t length = span(r, other->length, from);
  const size_t at = place(r, in);
  if (seeded_below(r, 2) == 0) {
    insert(in, at, other->data + from, length);
  } else {
    memcpy(in->bytes + at, other->data + from, length < in->length - at ? length : in->length - at);
  }
}

static void (*const alterations[])(seeded *, input *, const fuzz_corpus *) = {
    alter_bit, alter_byte, alter_byte, alter_number, drop_span, double_span, cut_off, take_from_another,
};
enum { ALTERATIONS = sizeof alterations / sizeof alterations[0] };

static void run_altered(seeded *r, const fuzz_corpus *c) {
  static input in;
  const buf *seed = &c->inputs[seeded_below(r, c->count)];
  in.length = seed->length < LENGTH_MAX ? seed->length : LENGTH_MAX;
  if (in.length > 0) {
    memcpy(in.bytes, seed->data, in.length);
  }
  for (uint64_t left = 1 + seeded_bits(r, 3); left > 0 && in.length > 0; left--) {
    alterations[seeded_below(r, ALTERATIONS)](r, &in, c);
  }
  run(in.bytes, in.length);
}

/* ---- Arguments ----------------------------------------------------------------------------------- */

typedef struct options {
  uint64_t runs, seconds, seed;
  const char *prefix, *corpus;
  fuzz_corpus seeds;
  bool only_files;
} options;

static void add_path(options *o, const char *path) {
  DIR *folder = opendir(path);
  char name[4096];
  if (folder == NULL) {
    fuzz_corpus_add_file(&o->seeds, realpath(path, name) != NULL ? name : path);
    o->only_files = true;
    return;
  }
  for (const struct dirent *e; (e = readdir(folder)) != NULL;) {
    char absolute[4096];
    snprintf(name, sizeof name, "%s/%s", path, e->d_name);
    if (e->d_name[0] != '.' && realpath(name, absolute) != NULL) {
      fuzz_corpus_add_file(&o->seeds, absolute);
    }
  }
  closedir(folder);
}

static bool number_after(const char *argument, const char *name, uint64_t *out) {
  const bool is = strncmp(argument, name, strlen(name)) == 0;
  *out = is ? strtoull(argument + strlen(name), NULL, 10) : *out;
  return is;
}

static bool text_after(const char *argument, const char *name, const char **out) {
  const bool is = strncmp(argument, name, strlen(name)) == 0;
  *out = is ? argument + strlen(name) : *out;
  return is;
}

static options read_options(int count, char **arguments) {
  options o = {.runs = RUNS_DEFAULT, .seed = seeded_seed(), .prefix = "./"};
  for (int i = 1; i < count; i++) {
    const char *a = arguments[i];
    if (number_after(a, "-runs=", &o.runs) || number_after(a, "-seed=", &o.seed) ||
        number_after(a, "-max_total_time=", &o.seconds) || text_after(a, "-artifact_prefix=", &o.prefix) ||
        text_after(a, "--corpus=", &o.corpus)) {
      continue;
    }
    if (a[0] == '-') {
      fprintf(stderr, "%s is not an option; see tests/fuzz/fuzz.h\n", a);
      exit(2);
    }
    add_path(&o, a);
  }
  return o;
}

static bool is_over(const options *o, uint64_t done, time_t start) {
  return o->seconds > 0 ? (uint64_t)(time(NULL) - start) >= o->seconds : done >= o->runs;
}

int main(int count, char **arguments) {
  options o = read_options(count, arguments);
  if (!o.only_files) {
    fuzz_seeds(&o.seeds);
  }
  if (o.corpus != NULL) {
    fuzz_corpus_write(&o.seeds, o.corpus);
    fuzz_corpus_fini(&o.seeds);
    return 0;
  }
  watch(arguments[0], o.prefix);
  for (size_t i = 0; i < o.seeds.count; i++) {
    run(o.seeds.inputs[i].data, o.seeds.inputs[i].length);
  }
  uint64_t done = 0;
  seeded r = {o.seed};
  for (const time_t start = time(NULL); !o.only_files && !is_over(&o, done, start); done++) {
    run_altered(&r, &o.seeds);
  }
  printf("%zu inputs as they are, %llu altered ones (seed %llu): nothing found\n", o.seeds.count,
         (unsigned long long)done, (unsigned long long)o.seed);
  fuzz_corpus_fini(&o.seeds);
  return 0;
}
