/* Google Forms: the time of an answer is in the first column, and its title in the language of the form. */
#include "reading/platform.h"

#define TIME "#?#?# *#:#:#*"

#define TITLED(title) \
  { 1, 1, 0, {{1, PLATFORM_BEGINS, title}, {2, PLATFORM_BEGINS, TIME}}, false }

const platform platform_google_forms = {
    .name = "google-forms",
    .title = "Google Forms",
    .shapes =
        {
            TITLED("Timestamp"),
            TITLED("时间戳*"),
            TITLED("時間戳*"),
            TITLED("Zeitstempel"),
            TITLED("Horodateur"),
            TITLED("Marca temporal"),
            TITLED("Carimbo de data/hora"),
            TITLED("Informazioni cronologiche"),
            TITLED("Tijdstempel"),
            TITLED("Tidsst?*mpel"),
            TITLED("Tidsstempel"),
            TITLED("Aikaleima"),
            TITLED("Sygnatura czasowa"),
            TITLED("Časov* značka"),
            TITLED("Időbélyeg"),
            TITLED("Marcaj de timp"),
            TITLED("Отметка времени"),
            TITLED("Позначка часу"),
            TITLED("Zaman damgası"),
            TITLED("Stempel waktu"),
            TITLED("Cap waktu"),
            TITLED("Dấu thời gian"),
            TITLED("ประทับเวลา"),
            TITLED("タイムスタンプ"),
            TITLED("타임스탬프"),
        },
};
