/* Microsoft Forms: its first columns, in the language of whoever exports. */
#include "reading/platform.h"

#define TITLED(titles) \
  { 1, 1, 0, {{1, PLATFORM_BEGINS, titles}}, false }

const platform platform_microsoft_forms = {
    .name = "microsoft-forms",
    .title = "Microsoft Forms",
    .aliases = {"ms forms"},
    .shapes =
        {
            TITLED("ID\tStart time\tCompletion time\tEmail\tName"),
            TITLED("Id\tStart time\tCompletion time\tEmail\tName"),
            TITLED("ID\t开始时间\t完成时间\t电子邮件\t*名*"),
            TITLED("*\t開始時間\t完成時間\t電子郵件\t*名*"),
            TITLED("I*\tStartzeit\tFertigstellungszeit\tE-Mail\tName"),
            TITLED("I*\tHeure de d*\tHeure de fin*\tAdresse*\tNom"),
            TITLED("I*\tHora de inicio\tHora de finalizaci*\tCorreo*\tNombre"),
            TITLED("I*\tHora de in*\tHora de conclus*\t*mail\tNome"),
            TITLED("I*\tOra di inizio\tOra di completamento\tPosta elettronica\tNome"),
            TITLED("I*\tBegintijd\tTijd van voltooien\tE-mail\tNaam"),
            TITLED("I*\t開始時刻\t完了時刻\tメール*\t名前"),
            TITLED("I*\t시작 시간\t완료 시간\t*메일\t이름"),
        },
};
