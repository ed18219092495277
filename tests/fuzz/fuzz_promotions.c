#include <string.h>

#include "fuzz.h"
#include "model/version_name.h"
#include "model/versions.h"

/* What is in use was promoted for that task, under a name that stays in its
 * directory. */
static void check(const md_promotions *p)
{
    for (int t = 0; t < MD_TASKS; t++) {
        const md_promotion *now = md_promotions_current(p, (md_task)t);
        md_version_name n;
        if (!now)
            continue;
        FUZZ_ASSERT(now >= p->items && now < p->items + p->len);
        FUZZ_ASSERT(!now->back && (int)now->task == t);
        FUZZ_ASSERT(md_version_name_parse(cs_str_of(now->file), &n));
        FUZZ_ASSERT(!strchr(now->file, '/'));
        FUZZ_ASSERT(strlen(now->weights) == 64 && strlen(now->signer) == 64);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    CS_SCOPED(md_promotions) p = MD_PROMOTIONS_INIT;
    cs_errinfo info = {0};
    int r = md_promotions_parse((cs_str){(const char *)data, size},
                                "promoted.json", &p, &info);
    if (r == 0)
        check(&p);
    else
        FUZZ_ASSERT(info.code == r && info.message[0] && !p.arena);
    return 0;
}
