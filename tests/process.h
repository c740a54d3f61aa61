/* Runs a program to its end and keeps what it wrote: for tests of the executable. */
#ifndef CANVASS_TESTS_PROCESS_H
#define CANVASS_TESTS_PROCESS_H

#include <stddef.h>

typedef struct process_result {
  int exit_code; /* 128 + signal when it was killed */
  char *out;     /* terminated; free with process_result_fini */
  size_t out_length;
  char *err;
  size_t err_length;
} process_result;

/* ARGUMENTS end with NULL; the first is the program's path.  INPUT (may be NULL) becomes its standard
 * input; NULL: /dev/null.  Fails the running cmocka test when the program cannot be run. */
void process_run(const char *const *arguments, const char *input, process_result *result);
void process_result_fini(process_result *result);

/* A fresh directory below $TMPDIR, removed with everything in it by process_directory_remove. */
void process_directory_new(char *path, size_t capacity);
void process_directory_remove(const char *path);
/* Writes LENGTH bytes to DIRECTORY/NAME and puts its path into PATH. */
void process_write_file(const char *directory, const char *name, const void *bytes, size_t length, char *path,
                        size_t capacity);
/* The whole file, terminated; NULL when it is not there. */
char *process_read_file(const char *path, size_t *length);

#endif
