#include "image/phantom/site.h"

#include <string.h>

#include "base/message.h"
#include "base/str.h"

const im_phantom_site im_phantom_sites[] = {
    {.name = "default",
     .about = CS_N_("1.25 mm, medium kernel, mixed patients"),
     .slice = {1.25F, 1.25F},
     .thickness = 1,
     .fov = {330, 380},
     .blur = 0.5F,
     .edge = 0.25F,
     .grain = 0.55F,
     .noise = {14, 24},
     .streaks = 0.4F,
     .contrast = 0.2F,
     .age = {60, 10},
     .female = 0.45F,
     .emphysema = 0.25F,
     .fat = {7, 24},
     .nodules = 1.8F,
     .median = 6.8F,
     .types = {0.66F, 0.12F, 0.12F, 0.10F},
     .spiculated = 0.2F},
    {.name = "screening",
     .about = CS_N_("1.0 mm, sharp kernel, low dose, smokers of 55 to 75"),
     .slice = {0.9F, 1.1F},
     .thickness = 1,
     .fov = {320, 370},
     .blur = 0.34F,
     .edge = 0.9F,
     .grain = 0.32F,
     .noise = {38, 60},
     .streaks = 1,
     .contrast = 0,
     .age = {63, 5},
     .female = 0.4F,
     .emphysema = 0.45F,
     .fat = {7, 26},
     .nodules = 1.5F,
     .median = 6.0F,
     .types = {0.62F, 0.11F, 0.17F, 0.10F},
     .spiculated = 0.15F},
    {.name = "routine",
     .about = CS_N_("1.25 mm, soft kernel, full dose, many with contrast"),
     .slice = {1.25F, 1.25F},
     .thickness = 1.3F,
     .fov = {340, 400},
     .blur = 0.66F,
     .edge = 0,
     .grain = 0.75F,
     .noise = {9, 14},
     .streaks = 0.2F,
     .contrast = 0.6F,
     .age = {58, 13},
     .female = 0.5F,
     .emphysema = 0.12F,
     .fat = {9, 30},
     .nodules = 2.2F,
     .median = 8.0F,
     .types = {0.70F, 0.12F, 0.08F, 0.10F},
     .spiculated = 0.3F,
     .padded = true},
    {.name = "community",
     .about = CS_N_("5 mm, standard kernel, older patients, emphysema"),
     .slice = {5, 5},
     .thickness = 1,
     .fov = {350, 420},
     .blur = 0.6F,
     .edge = 0.1F,
     .grain = 0.7F,
     .noise = {8, 14},
     .streaks = 0.5F,
     .contrast = 0.1F,
     .age = {71, 8},
     .female = 0.4F,
     .emphysema = 0.65F,
     .fat = {5, 24},
     .nodules = 1.6F,
     .median = 9.0F,
     .types = {0.68F, 0.10F, 0.07F, 0.15F},
     .spiculated = 0.3F},
    {.name = "feet-first",
     .about = CS_N_("2 mm, medium kernel, x and y axes reversed in the file"),
     .slice = {2, 2.5F},
     .thickness = 1,
     .fov = {330, 390},
     .blur = 0.55F,
     .edge = 0.3F,
     .grain = 0.55F,
     .noise = {14, 26},
     .streaks = 0.6F,
     .contrast = 0.25F,
     .age = {64, 9},
     .female = 0.5F,
     .emphysema = 0.3F,
     .fat = {6, 22},
     .nodules = 1.8F,
     .median = 7.0F,
     .types = {0.62F, 0.14F, 0.14F, 0.10F},
     .spiculated = 0.2F,
     .flipped = true},
};
const size_t im_phantom_site_count = CS_COUNTOF(im_phantom_sites);

int im_phantom_site_find(const char *name, const im_phantom_site **ret,
                         cs_errinfo *info)
{
    const char *names[CS_COUNTOF(im_phantom_sites)];
    for (size_t i = 0; i < im_phantom_site_count; i++) {
        names[i] = im_phantom_sites[i].name;
        if (strcmp(name, names[i]) == 0) {
            *ret = &im_phantom_sites[i];
            return 0;
        }
    }
    const char *near =
        cs_str_suggest(cs_str_of(name), names, im_phantom_site_count);
    if (near)
        return cs_fail(info, CS_E_USAGE,
                       "unknown site '%s' (did you mean '%s'?)", name, near);
    return cs_fail(info, CS_E_USAGE,
                   "unknown site '%s'; --list-sites shows them all", name);
}
