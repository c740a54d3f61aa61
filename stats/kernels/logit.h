/* What rows contribute to a logistic regression, by form; see stats/kernels/kernels.h. */
#ifndef CANVASS_STATS_KERNELS_LOGIT_H
#define CANVASS_STATS_KERNELS_LOGIT_H

#include "stats/kernels/kernels.h"

void logit_score_portable(const byte_scores *s, int64_t *scores);
void logit_terms_portable(const logit_rows *rows);
#if KERNELS_X86
void logit_score_avx2(const byte_scores *s, int64_t *scores);
void logit_terms_avx2(const logit_rows *rows);
void logit_score_avx512(const byte_scores *s, int64_t *scores);
void logit_terms_avx512(const logit_rows *rows);
#endif

#endif
