/* measured COMMAND [ARGUMENT...]: runs a command, without its output, and prints what it took:
 *
 *   SECONDS PROCESSOR_SECONDS MEGABYTES
 *
 * from its start to its end, of all its threads, and at the peak of its memory (what was resident, in
 * millions of bytes).  Exit code: the command's, 127 when there is no such. */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { EXIT_NO_COMMAND = 127 };

static double seconds_of(struct timeval t) {
  return (double)t.tv_sec + (double)t.tv_usec / 1e6;
}

static void run(char **arguments) {
  const int nothing = open("/dev/null", O_WRONLY);
  if (nothing >= 0) {
    (void)dup2(nothing, STDOUT_FILENO);
  }
  execvp(arguments[0], arguments);
  perror(arguments[0]);
  _exit(EXIT_NO_COMMAND);
}

int main(int count, char **arguments) {
  struct timespec begin, end;
  struct rusage used;
  int result = 0;
  if (count < 2) {
    fprintf(stderr, "usage: measured COMMAND [ARGUMENT...]\n");
    return EXIT_NO_COMMAND;
  }
  clock_gettime(CLOCK_MONOTONIC, &begin);
  const pid_t child = fork();
  if (child == 0) {
    run(arguments + 1);
  }
  if (child < 0 || wait4(child, &result, 0, &used) != child) {
    perror("measured");
    return EXIT_NO_COMMAND;
  }
  clock_gettime(CLOCK_MONOTONIC, &end);
  printf("%.3f %.3f %.1f\n",
         (double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9,
         seconds_of(used.ru_utime) + seconds_of(used.ru_stime), (double)used.ru_maxrss * 1024 / 1e6);
  return WIFEXITED(result) ? WEXITSTATUS(result) : EXIT_NO_COMMAND;
}
