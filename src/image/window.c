#include "image/window.h"

#include <math.h>
#include <string.h>

#include "image/line.h"

static const struct {
    const char *name;
    double centre, width;
} presets[] = {
    {"lung", -600, 1500}, {"mediastinum", 40, 400}, {"soft-tissue", 50, 350},
    {"bone", 400, 1800},  {"brain", 40, 80},        {"liver", 60, 160},
    {"stroke", 35, 40},
};

bool im_window_preset(const char *name, im_window *ret)
{
    for (size_t i = 0; i < CS_COUNTOF(presets); i++)
        if (strcmp(presets[i].name, name) == 0) {
            *ret = (im_window){.centre = presets[i].centre,
                               .width = presets[i].width};
            return true;
        }
    return false;
}

const char *im_window_preset_name(size_t i)
{
    return i < CS_COUNTOF(presets) ? presets[i].name : NULL;
}

/* The values that become 0 and 1. */
static void ends(const im_window *w, double *low, double *high)
{
    bool dicom = w->law == IM_WINDOW_DICOM;
    double centre = dicom ? w->centre - 0.5 : w->centre;
    double half = (dicom ? w->width - 1 : w->width) / 2;
    *low = centre - half;
    *high = centre + half;
}

/* DICOM's window of width 1 is a step above centre - 0.5: a line so steep that
 * no two floats of CT fall on it. */
static double slope(double low, double high, double top)
{
    return top / fmax(high - low, 1e-6);
}

int im_window_over(const im_volume *v, const im_window *w, tn_dtype dtype,
                   const im_run *run, im_volume *ret, cs_errinfo *info)
{
    double low, high, top = dtype == TN_U8 ? 255 : 1;
    double least = w->law == IM_WINDOW_DICOM ? 1 : 0;
    if (!isfinite(w->centre) || !isfinite(w->width) || !(w->width > 0) ||
        w->width < least)
        return cs_fail(info, CS_E_RANGE,
                       "a window of width %g at %g is no window", w->width,
                       w->centre);
    ends(w, &low, &high);
    const double a = slope(low, high, top);
    const im_line line = {.a = a, .b = -low * a, .low = 0, .high = top};
    return im_line_over(v, &line, dtype, run, ret, info);
}
