/* Surveys for tests of the cluster: the shipped one, the airline's if it is here, and generated ones. */
#ifndef CANVASS_TESTS_CLUSTER_SURVEY_H
#define CANVASS_TESTS_CLUSTER_SURVEY_H

#include <stdbool.h>
#include <stdint.h>

extern const char survey_shipped_data[], survey_shipped_spec[];
extern const char survey_airline_data[], survey_airline_spec[];
bool survey_airline_is_there(void);
/* Its path, if it is there; under the sanitizers that of its first rows, which are written to DIRECTORY.
 * Those rows are asked the same, and cost a quarter of the time. */
bool survey_airline(const char *directory, char path[512]);

/* Under the sanitizers everything takes many times as long: there made surveys have fewer rows. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
enum { SURVEY_ROWS_LONG = 24000 };
#else
enum { SURVEY_ROWS_LONG = 160000 };
#endif

/* Writes ROWS rows of eight items (0 to 9), a group of three and the month, drawn from SEED, to
 * DIRECTORY/NAME, and puts its path into PATH. */
void survey_write(const char *directory, const char *name, uint32_t rows, uint32_t month, uint64_t seed,
                  char path[256]);
/* Writes the specification's text to DIRECTORY/NAME. */
void survey_write_spec(const char *directory, const char *name, const char *text, char path[256]);
/* Specifications of made surveys: several stages over all rows, so that a job takes seconds; and one that is
 * done in an instant. */
extern const char survey_long_spec[], survey_short_spec[];

#endif
