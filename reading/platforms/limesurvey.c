/* LimeSurvey: codes, question texts, or both; options are Q[SQ001]. */
#include "reading/platform.h"

const platform platform_limesurvey = {
    .name = "limesurvey",
    .title = "LimeSurvey",
    .shapes =
        {
            {1, 1, 0, {{1, PLATFORM_SOME, "submitdate*"}, {1, PLATFORM_SOME, "lastpage*"}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "Response ID\tDate submitted\tLast page"}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "Antwort*ID\tDatum Abgeschickt\tLetzte Seite"}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "*ID de la r*ponse*\tDate de soumission*\tDerni*re page*"}}},
            {1, 1, 0, {{1, PLATFORM_BEGINS, "ID de respuesta\tFecha de env*o\t*ltima p*gina"}}},
            {1, 1, 0, {{1, PLATFORM_SOME, "?*[SQ#]*"}}},
        },
    .missing = {{"N/A", "not_asked"}},
};
