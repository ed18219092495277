#include "lung/quality.h"

#include "lung/coarse.h"
#include "lung/gaps.h"
#include "lung/gas.h"
#include "lung/noise.h"
#include "lung/pose.h"

/* Where each number comes from: docs/diagnosis.md. */
#define FEWEST_SLICES 10
#define SLICE_MM 2.5
#define SLICE_SEVERE_MM 5.0
#define PIXEL_MM 1.25
#define PIXEL_SEVERE_MM 2.5
#define NOISE_HU 80.0
#define NOISE_SEVERE_HU 200.0
#define HEIGHT_MM 150.0
#define HEIGHT_SEVERE_MM 100.0
#define VOLUME_ML 1500.0
#define VOLUME_MOST_ML 12000.0
#define CUT_CM2 5.0
#define CUT_SEVERE_CM2 50.0 /* at an end; some lung is often missing there */
#define CUT_BESIDE_CM2 20.0 /* at a side: a field of view too narrow */
#define SIDE_SURE 0.5
#define UNEVEN 0.25
#define BESIDE_ML 200.0
#define EMPTY 0.4
#define EMPHYSEMA 0.25
#define STEP_SEVERE 2.0

typedef struct check {
    const im_run *run;
    const im_volume *scan;
    const lu_lungs *lungs;
    lu_coarse coarse;
    im_volume labels; /* coarse */
    unsigned axis;    /* of the scan: the slices' */
    lu_quality *q;
    lu_warnings *warn;
} check;

static void check_done(check *c)
{
    lu_coarse_done(&c->coarse);
    im_volume_done(&c->labels);
}

static int warn(check *c, const char *code, const char *text, bool severe)
{
    const lu_warning w = {.code = code, .text = text, .severe = severe};
    return cs_vec_push(c->warn, w);
}

static int warn_of(check *c, const char *code, const char *text, double value,
                   bool severe)
{
    const lu_warning w = {code, text, {value}, 1, severe};
    return cs_vec_push(c->warn, w);
}

/* --- what the scan is --- */

static int check_grid(check *c)
{
    lu_quality *q = c->q;
    int r = 0;
    if (q->slice_mm > SLICE_MM)
        r = warn_of(c, "thick-slices",
                    CS_N_("slices lie %.1f mm apart: small nodules may be "
                          "missed, and sizes are less certain"),
                    q->slice_mm, q->slice_mm > SLICE_SEVERE_MM);
    if (r == 0 && q->pixel_mm > PIXEL_MM)
        r = warn_of(c, "coarse-pixels",
                    CS_N_("pixels are %.1f mm wide: small nodules may be "
                          "missed"),
                    q->pixel_mm, q->pixel_mm > PIXEL_SEVERE_MM);
    return r;
}

static int check_noise(check *c, cs_errinfo *info)
{
    int r = lu_noise_find(c->run, c->scan, c->axis, &c->q->noise_hu, info);
    if (r < 0 || c->q->noise_hu <= NOISE_HU)
        return r;
    return warn_of(c, "noisy",
                   CS_N_("very noisy: %.1f HU in soft tissue; faint nodules "
                         "may be missed and noise taken for some"),
                   c->q->noise_hu, c->q->noise_hu > NOISE_SEVERE_HU);
}

/* Slices [begin, end) of the scan in which there is lung. */
static void slices_with_lung(const check *c, size_t *begin, size_t *end)
{
    const im_geometry *g = &c->labels.geometry;
    size_t plane = g->size[0] * g->size[1], low = g->size[2], high = 0;
    const uint8_t *label = im_u8(&c->labels);
    for (size_t i = 0; i < plane * g->size[2]; i++)
        if (label[i] == LU_LEFT || label[i] == LU_RIGHT) {
            low = CS_MIN(low, i / plane);
            high = i / plane + 1;
        }
    if (high == 0)
        low = 0;
    if (c->coarse.flip[c->axis]) {
        size_t from = g->size[2] - high;
        high = g->size[2] - low;
        low = from;
    }
    size_t factor = c->coarse.factor[c->axis];
    *begin = low * factor;
    *end = CS_MIN(high * factor, c->scan->geometry.size[c->axis]);
}

/* Along the patient's axis of the slices, of the middle of slice `at`. */
static double place_of(const check *c, double at)
{
    const im_geometry *g = &c->scan->geometry;
    double grid[3], world[3];
    for (unsigned a = 0; a < 3; a++)
        grid[a] = (double)(g->size[a] - 1) / 2;
    grid[c->axis] = at;
    im_grid_to_world(g, grid, world);
    return world[2];
}

static int check_slices(check *c, cs_errinfo *info)
{
    lu_gaps gaps;
    size_t begin, end;
    slices_with_lung(c, &begin, &end);
    c->q->coverage_mm = (double)(end - begin) * c->q->slice_mm;
    int r = lu_gaps_find(c->run, c->scan, c->axis, begin, end, &gaps, info);
    if (r < 0)
        return r;
    c->q->missing_slices = gaps.step >= LU_GAPS_STEP;
    c->q->gap_at_mm = place_of(c, (double)gaps.after + 0.5);
    if (c->q->missing_slices)
        r = warn_of(c, "missing-slices",
                    CS_N_("slices seem to be missing, or the patient moved, at "
                          "z = %.1f mm: places and sizes there may be wrong"),
                    c->q->gap_at_mm, gaps.step >= STEP_SEVERE);
    if (r == 0 && gaps.repeated)
        r = warn_of(c, "repeated-slices",
                    CS_N_("%.0f slices are the same as the one before: places "
                          "and sizes are not to be trusted"),
                    (double)gaps.repeated, true);
    return r;
}

/* --- what is in it --- */

static int check_amount(check *c)
{
    lu_quality *q = c->q;
    int r = 0;
    if (q->coverage_mm < HEIGHT_MM)
        r = warn_of(c, "little-coverage",
                    CS_N_("only %.1f mm of the lungs' height are in the scan"),
                    q->coverage_mm, q->coverage_mm < HEIGHT_SEVERE_MM);
    if (r == 0 && q->lungs_ml < VOLUME_ML)
        r = warn_of(c, "small-lungs",
                    CS_N_("only %.0f ml of lung: a part of them, or breathed "
                          "out"),
                    q->lungs_ml, false);
    if (r == 0 && q->lungs_ml > VOLUME_MOST_ML)
        r = warn_of(c, "large-lungs",
                    CS_N_("%.0f ml of lung are more than a chest holds: the "
                          "mask of the lungs is wrong"),
                    q->lungs_ml, true);
    return r;
}

static const struct {
    const char *code, *text;
} cuts[LU_FACES] = {
    {"cut-lung-right", CS_N_("a lung touches the edge of the scan on the "
                             "patient's right: %.1f cm2")},
    {"cut-lung-left", CS_N_("a lung touches the edge of the scan on the "
                            "patient's left: %.1f cm2")},
    {"cut-lung-front",
     CS_N_("a lung touches the front edge of the scan: %.1f cm2")},
    {"cut-lung-back",
     CS_N_("a lung touches the back edge of the scan: %.1f cm2")},
    {"cut-lung-foot",
     CS_N_("the scan ends within a lung at its lower end: %.1f cm2")},
    {"cut-lung-head",
     CS_N_("the scan ends within a lung at its upper end: %.1f cm2")},
};

static double severe_cut(lu_face f)
{
    return f == LU_FACE_FOOT || f == LU_FACE_HEAD ? CUT_SEVERE_CM2
                                                  : CUT_BESIDE_CM2;
}

static int check_cuts(check *c)
{
    int r = 0;
    for (int f = 0; f < LU_FACES && r == 0; f++)
        if (c->lungs->cut_cm2[f] >= CUT_CM2)
            r = warn_of(c, cuts[f].code, cuts[f].text, c->lungs->cut_cm2[f],
                        c->lungs->cut_cm2[f] >= severe_cut((lu_face)f));
    return r;
}

static int check_both(check *c)
{
    const lu_lungs *l = c->lungs;
    double smaller = l->left_ml < l->right_ml ? l->left_ml : l->right_ml;
    int r = 0;
    if (!l->sides.two)
        r = warn(c, "one-lung",
                 CS_N_("one lung only: the other is not in the scan, or holds "
                       "no breathed air"),
                 true);
    else if (smaller < UNEVEN * (l->left_ml + l->right_ml - smaller))
        r = warn_of(c, "uneven-lungs",
                    CS_N_("one lung has only %.0f ml, less than a quarter of "
                          "the other"),
                    smaller, true);
    if (r == 0 && !l->sides.two && l->sides.sure < SIDE_SURE)
        r = warn(c, "side-guessed",
                 CS_N_("which side the lung is on is a guess"), false);
    if (r == 0 && !l->windpipe)
        r = warn(c, "no-windpipe",
                 CS_N_("no windpipe found: bronchi may be in the mask"), false);
    return r;
}

static int check_gas(check *c, cs_errinfo *info)
{
    lu_gas gas;
    int r = lu_gas_find(c->run, &c->coarse.hu, &c->labels, &c->lungs->levels,
                        &gas, info);
    if (r < 0)
        return r;
    c->q->emphysema = gas.emphysema;
    if (gas.beside_ml >= BESIDE_ML)
        r = warn_of(c, "air-beside-lung",
                    CS_N_("%.0f ml of plain air in the chest beside the lungs: "
                          "a collapsed lung, perhaps"),
                    gas.beside_ml, true);
    static const struct {
        const char *code, *text;
    } empty[2] = {
        {"empty-left-lung",
         CS_N_("the left lung is %.0f %% plain air: there is little to read")},
        {"empty-right-lung",
         CS_N_("the right lung is %.0f %% plain air: there is little to "
               "read")},
    };
    for (int s = 0; s < 2 && r == 0; s++)
        if (gas.empty[s] >= EMPTY)
            r = warn_of(c, empty[s].code, empty[s].text, gas.empty[s] * 100,
                        true);
    if (r == 0 && gas.emphysema >= EMPHYSEMA)
        r = warn_of(c, "emphysema",
                    CS_N_("%.0f %% of the lungs lie below -950 HU, as in "
                          "emphysema"),
                    gas.emphysema * 100, false);
    return r;
}

static int check_pose(check *c, cs_errinfo *info)
{
    lu_pose pose;
    int r = lu_pose_find(c->run, &c->labels, &pose, info);
    if (r < 0)
        return r;
    c->q->upside_down = pose.upside_down;
    c->q->mirrored = pose.mirrored;
    c->q->front_to_back = pose.front_to_back;
    if (pose.upside_down)
        r = warn(c, "upside-down",
                 CS_N_("upside down: the lungs' tops lie below their bases, so "
                       "the file's directions are wrong"),
                 true);
    if (r == 0 && pose.front_to_back)
        r = warn(
            c, "front-to-back",
            CS_N_("front and back exchanged: the lungs reach lower in front, "
                  "so the file's directions are wrong"),
            true);
    if (r == 0 && pose.mirrored)
        r = warn(c, "mirrored",
                 CS_N_("left and right may be exchanged: the heart reaches to "
                       "the right, and the left lung is the larger one"),
                 true);
    return r;
}

/* --- all --- */

static int prepare(check *c, cs_errinfo *info)
{
    const im_geometry *g = &c->scan->geometry;
    int r = lu_coarse_init(c->run, c->scan, &c->coarse, info);
    if (r == 0)
        r = lu_coarse_labels(&c->coarse, &c->lungs->labels, &c->labels, info);
    if (r < 0)
        return r;
    for (unsigned a = 0; a < 3; a++) {
        if (c->coarse.world[a] == 2)
            c->axis = a;
        else
            c->q->pixel_mm = CS_MAX(c->q->pixel_mm, g->spacing[a]);
    }
    c->q->slice_mm = g->spacing[c->axis];
    c->q->lungs_ml = c->lungs->left_ml + c->lungs->right_ml;
    if (g->size[c->axis] < FEWEST_SLICES)
        return cs_fail(info, CS_E_FORMAT,
                       "only %zu slices: at least %d are needed to read a "
                       "chest CT",
                       g->size[c->axis], FEWEST_SLICES);
    return 0;
}

static int look(check *c, cs_errinfo *info)
{
    int r = prepare(c, info);
    if (r == 0)
        r = check_pose(c, info);
    if (r == 0)
        r = check_both(c);
    if (r == 0)
        r = check_gas(c, info);
    if (r == 0)
        r = check_slices(c, info);
    if (r == 0)
        r = check_cuts(c);
    if (r == 0)
        r = check_amount(c);
    if (r == 0)
        r = check_grid(c);
    if (r == 0)
        r = check_noise(c, info);
    return r;
}

int lu_check_quality(const im_run *run, const im_volume *scan,
                     const lu_lungs *lungs, lu_quality *ret, lu_warnings *list,
                     cs_errinfo *info)
{
    lu_quality found = {.slice_mm = 0};
    CS_SCOPED(check)
    c = {.run = run, .scan = scan, .lungs = lungs, .q = &found, .warn = list};
    int r = look(&c, info);
    if (r == CS_E_NOMEM)
        return cs_fail_nomem(info);
    if (r == 0)
        *ret = found;
    return r;
}

bool lu_any_severe(const lu_warnings *list)
{
    for (size_t i = 0; i < list->len; i++)
        if (list->items[i].severe)
            return true;
    return false;
}
