#include "lung/levels.h"

/* Otsu's method looks here; above come vessels with contrast, bone and metal,
 * which would draw the upper class away. */
#define OTSU_LOW (-1024)
#define OTSU_HIGH 200
#define CUT_LOW (-600.0)
#define CUT_HIGH (-350.0)

/* A chest in HU has both in plenty; a picture in other units lacks one. */
#define GAS_BELOW (-700)
#define SOFT_LOW (-200)
#define SOFT_HIGH 300
#define LEAST_GAS 0.005
#define LEAST_SOFT 0.05

static double middle_of(size_t bin)
{
    return LU_HU_MIN + ((double)bin + 0.5) * LU_BIN_HU;
}

static uint64_t count_between(const uint32_t *bins, int low, int high)
{
    uint64_t sum = 0;
    for (size_t i = lu_bin(low); i < lu_bin(high); i++)
        sum += bins[i];
    return sum;
}

double lu_percentile(const uint32_t *bins, double share)
{
    uint64_t all = 0, below = 0;
    for (size_t i = 0; i < LU_BINS; i++)
        all += bins[i];
    double wanted = share * (double)all;
    for (size_t i = 0; i < LU_BINS; i++) {
        double next = (double)(below + bins[i]);
        if (bins[i] && next >= wanted) {
            double part = (wanted - (double)below) / (double)bins[i];
            return LU_HU_MIN + ((double)i + part) * LU_BIN_HU;
        }
        below += bins[i];
    }
    return LU_HU_MIN;
}

/* What lies beyond either end counts as that end. */
static double otsu(const uint32_t *bins)
{
    size_t from = lu_bin(OTSU_LOW), to = lu_bin(OTSU_HIGH);
    double all = 0, weighted = 0;
    for (size_t i = 0; i < LU_BINS; i++) {
        size_t at = i < from ? from : i;
        at = at > to ? to : at;
        all += bins[i];
        weighted += bins[i] * middle_of(at);
    }
    double below = 0, sum = 0, best = -1, cut = CUT_HIGH;
    for (size_t i = 0; i < to; i++) {
        below += bins[i];
        sum += bins[i] * middle_of(i < from ? from : i);
        double above = all - below;
        if (below <= 0 || above <= 0)
            continue;
        double gap = sum / below - (weighted - sum) / above;
        double between = below * above * gap * gap;
        if (between > best) {
            best = between;
            cut = LU_HU_MIN + (double)(i + 1) * LU_BIN_HU;
        }
    }
    return cut;
}

static double clamp(double v, double low, double high)
{
    v = v < low ? low : v;
    return v > high ? high : v;
}

static int check_chest(const uint32_t *bins, cs_errinfo *info)
{
    uint64_t all = count_between(bins, LU_HU_MIN, LU_HU_MAX);
    uint64_t gas = count_between(bins, LU_HU_MIN, GAS_BELOW);
    uint64_t soft = count_between(bins, SOFT_LOW, SOFT_HIGH);
    double total = all ? (double)all : 1;
    double gas_share = (double)gas / total, soft_share = (double)soft / total;
    if (gas_share >= LEAST_GAS && soft_share >= LEAST_SOFT)
        return 0;
    return cs_fail(info, CS_E_FORMAT,
                   "no chest CT in Hounsfield units: %.1f %% of it is below "
                   "%d HU and %.1f %% is soft tissue",
                   gas_share * 100, GAS_BELOW, soft_share * 100);
}

int lu_levels_init(const im_volume *hu, lu_levels *ret, cs_errinfo *info)
{
    uint32_t bins[LU_BINS] = {0};
    const int16_t *v = im_i16(hu);
    size_t n = im_geometry_voxels(&hu->geometry);
    for (size_t i = 0; i < n; i++)
        if (v[i] != LU_PADDING)
            bins[lu_bin(v[i])]++;
    int r = check_chest(bins, info);
    if (r < 0)
        return r;
    *ret = (lu_levels){.cut = clamp(otsu(bins), CUT_LOW, CUT_HIGH)};
    return 0;
}

void lu_levels_of_lung(const im_volume *hu, const uint8_t *inner, lu_levels *l)
{
    uint32_t lung[LU_BINS] = {0}, soft[LU_BINS] = {0};
    const int16_t *v = im_i16(hu);
    size_t n = im_geometry_voxels(&hu->geometry);
    for (size_t i = 0; i < n; i++) {
        if (inner[i])
            lung[lu_bin(v[i])]++;
        else if (v[i] > SOFT_LOW && v[i] < SOFT_HIGH)
            soft[lu_bin(v[i])]++;
    }
    l->lung = lu_percentile(lung, 0.5);
    l->tissue = lu_percentile(soft, 0.5);
    l->cut = clamp((l->lung + l->tissue) / 2, CUT_LOW, CUT_HIGH);
}
