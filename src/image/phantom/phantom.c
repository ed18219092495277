#include "image/phantom/phantom.h"

#include <stdio.h>
#include <string.h>

#include "base/hash.h"
#include "base/mem.h"
#include "image/phantom/canvas.h"

/* --- names --- */

/* 128 bits, big end first, as a decimal number. */
static void decimal(const uint8_t bytes[16], char *ret)
{
    uint8_t v[16];
    char digits[40];
    size_t n = 0;
    memcpy(v, bytes, sizeof(v));
    bool left = true;
    while (left) {
        unsigned rest = 0;
        left = false;
        for (size_t i = 0; i < sizeof(v); i++) {
            unsigned at = rest * 256 + v[i];
            v[i] = (uint8_t)(at / 10);
            rest = at % 10;
            left = left || v[i] != 0;
        }
        digits[n++] = (char)('0' + rest);
    }
    for (size_t i = 0; i < n; i++)
        ret[i] = digits[n - 1 - i];
    ret[n] = '\0';
}

int im_phantom_uid(const im_phantom_spec *spec, char ret[IM_PHANTOM_UID_MAX],
                   cs_errinfo *info)
{
    char text[256];
    int n = snprintf(
        text, sizeof(text), "consilium phantom %d %s %llu %llu %zux%zux%zu",
        IM_PHANTOM_VERSION, spec->site->name, (unsigned long long)spec->seed,
        (unsigned long long)spec->index, spec->size[0], spec->size[1],
        spec->size[2]);
    cs_digest digest;
    int r = cs_hash_bytes(CS_HASH_SHA256, text, (size_t)n, &digest, info);
    if (r < 0)
        return r;
    uint8_t uuid[16];
    memcpy(uuid, digest.bytes, sizeof(uuid));
    memcpy(uuid, "PHAN", 4);
    uuid[6] = (uint8_t)((uuid[6] & 0x0f) | 0x80); /* version 8: our own */
    uuid[8] = (uint8_t)((uuid[8] & 0x3f) | 0x80);
    memcpy(ret, "2.25.", 5);
    decimal(uuid, ret + 5);
    return 0;
}

/* --- slices --- */

typedef struct job {
    const ph_scene *scene;
    const ph_board *board;
    ph_canvas *canvases; /* by slot */
    im_phantom *out;
} job;

/* Reads beyond a row's or column's end repeat its last value. */
static void blur_row(const ph_canvas *c, const float *row, float *ret)
{
    const ph_scan *s = &c->board->scene->scan;
    size_t n = c->board->width;
    size_t half = s->tap_count / 2;
    float *padded = c->rows[0];
    for (size_t i = 0; i < half; i++) {
        padded[i] = row[0];
        padded[half + n + i] = row[n - 1];
    }
    memcpy(padded + half, row, n * sizeof(float));
    c->board->table->phantom_taps(padded, 1, s->taps, s->tap_count, n, ret);
}

/* The kernel on the whole slice: along x in place, then along y into `hu`. */
static void blur(const ph_canvas *c, float *slice, float *ret)
{
    const ph_scan *s = &c->board->scene->scan;
    size_t width = c->board->width;
    size_t height = c->board->height;
    size_t half = s->tap_count / 2;
    for (size_t j = 0; j < height; j++)
        blur_row(c, slice + j * width, slice + j * width);
    for (size_t j = 0; j < height; j++) {
        size_t skip = j < half ? half - j : 0;
        if (skip == 0 && j + half < height) {
            c->board->table->phantom_taps(slice + (j - half) * width, width,
                                          s->taps, s->tap_count, width,
                                          ret + j * width);
            continue;
        }
        memset(ret + j * width, 0, width * sizeof(float));
        for (size_t k = 0; k < s->tap_count; k++) {
            size_t from = j + k < half ? 0 : j + k - half;
            from = from < height ? from : height - 1;
            for (size_t i = 0; i < width; i++)
                ret[j * width + i] += s->taps[k] * slice[from * width + i];
        }
    }
}

/* Starting points in the tile that no other slice has. */
typedef struct noise_at {
    size_t x[2], y[2];
    float shoulders; /* 0 to 1 */
} noise_at;

static noise_at noise_of(const ph_scene *s, size_t slice)
{
    cs_rng r = cs_rng_derive(&s->patient.rng, "noise", slice);
    noise_at at;
    for (int k = 0; k < 2; k++) {
        at.x[k] = (size_t)cs_rng_below(&r, PH_TILE);
        at.y[k] = (size_t)cs_rng_below(&r, PH_TILE);
    }
    float z = s->scan.start[2] + s->scan.spacing[2] * (float)slice;
    at.shoulders = s->scan.streaks * ph_clamp((z - 55) / 45, 0, 1);
    return at;
}

static void tile_row(const float *tile, size_t x, size_t y, size_t n,
                     float *ret)
{
    const float *row = tile + (y % PH_TILE) * PH_TILE;
    for (size_t i = 0; i < n; i++)
        ret[i] = row[(x + i) % PH_TILE];
}

/* Streaks through the shoulders: noise that is long in x. */
static void streak_row(const float *tile, const noise_at *at, size_t y,
                       size_t n, float *ret)
{
    const float *row = tile + ((y + at->y[0]) % PH_TILE) * PH_TILE;
    float amount = 1.3F * at->shoulders;
    for (size_t i = 0; i < n; i++) {
        size_t k = i / 32;
        float share = (float)(i % 32) / 32;
        float a = row[(k + at->x[1]) % PH_TILE];
        float b = row[(k + 1 + at->x[1]) % PH_TILE];
        ret[i] += amount * (a + share * (b - a));
    }
}

/* Noise is strongest where most of the body lies around. */
static void amounts(const ph_canvas *c, size_t j, const noise_at *at,
                    float *ret)
{
    const ph_scan *s = &c->board->scene->scan;
    const float *body = c->body + j * c->board->width;
    float base = s->noise * 0.7071F * (1 + 0.6F * at->shoulders);
    for (size_t i = 0; i < c->board->width; i++)
        ret[i] = base * (0.3F + 0.7F * ph_clamp(-body[i] / 80, 0, 1));
}

static void pad_row(const ph_board *b, size_t j, int16_t *row)
{
    float half = 0.5F * (float)b->width;
    float y = (float)j - 0.5F * (float)(b->height - 1);
    for (size_t i = 0; i < b->width; i++) {
        float x = (float)i - 0.5F * (float)(b->width - 1);
        if (x * x + y * y * half * half * 4 /
                        ((float)b->height * (float)b->height) >
            half * half)
            row[i] = -3024;
    }
}

static void flip_row(int16_t *row, size_t n)
{
    for (size_t i = 0; i < n / 2; i++) {
        int16_t t = row[i];
        row[i] = row[n - 1 - i];
        row[n - 1 - i] = t;
    }
}

static void store(const job *j, ph_canvas *c, size_t slice)
{
    const ph_scan *s = &j->scene->scan;
    const float *tile = j->scene->texture.tile;
    size_t width = c->board->width;
    size_t height = c->board->height;
    noise_at at = noise_of(j->scene, slice);
    int16_t *out =
        (int16_t *)tn_data(&j->out->image.voxels) + slice * width * height;
    for (size_t y = 0; y < height; y++) {
        int16_t *row = out + (s->flipped ? height - 1 - y : y) * width;
        tile_row(tile, at.x[0], at.y[0] + y, width, c->rows[1]);
        tile_row(tile, at.x[1], at.y[1] + PH_TILE * height - y, width,
                 c->rows[2]);
        if (at.shoulders > 0)
            streak_row(tile, &at, y, width, c->rows[2]);
        amounts(c, y, &at, c->rows[3]);
        c->board->table->phantom_store(c->hu + y * width, c->rows[1],
                                       c->rows[2], c->rows[3], width, row);
        if (s->padded)
            pad_row(c->board, y, row);
        if (s->flipped)
            flip_row(row, width);
    }
}

static float slice_z(const ph_scan *s, size_t slice)
{
    return s->start[2] + s->spacing[2] * (float)slice;
}

static void paint_slice(const job *j, ph_canvas *c, size_t slice)
{
    const ph_scan *s = &j->scene->scan;
    size_t pixels = c->board->width * c->board->height;
    float share = 1 / (float)s->layers;
    for (unsigned k = 0; k < s->layers; k++) {
        float at = ((float)k + 0.5F) * share - 0.5F;
        ph_canvas_layer(c, slice_z(s, slice) + s->thickness * at);
        ph_paint_organs(c);
        ph_paint_shapes(c);
        float *sum = c->sum;
        if (k == 0)
            for (size_t i = 0; i < pixels; i++)
                sum[i] = share * c->hu[i];
        else
            for (size_t i = 0; i < pixels; i++)
                sum[i] += share * c->hu[i];
    }
    blur(c, c->sum, c->hu);
    store(j, c, slice);
}

/* --- masks --- */

/* Where a voxel of the unturned grid goes. */
static size_t place_of(const ph_scan *s, size_t x, size_t y, size_t z)
{
    size_t i = s->flipped ? s->size[0] - 1 - x : x;
    size_t j = s->flipped ? s->size[1] - 1 - y : y;
    return (z * s->size[1] + j) * s->size[0] + i;
}

static void mask_line(const job *j, ph_canvas *c, size_t slice, size_t y)
{
    static const ph_organ organs[] = {PH_LUNG_LEFT, PH_LUNG_RIGHT};
    static const uint8_t labels[] = {IM_LABEL_LEFT_LUNG, IM_LABEL_RIGHT_LUNG};
    uint8_t *out = im_u8(&j->out->lungs);
    size_t width = c->board->width;
    for (int k = 0; k < 2; k++) {
        if (!ph_canvas_row(c, organs[k], ph_canvas_y(c->board, y), 0, width, 0,
                           c->rows[2]))
            continue;
        for (size_t x = 0; x < width; x++)
            if (c->rows[2][x] < 0)
                out[place_of(&j->scene->scan, x, y, slice)] = labels[k];
    }
}

static void mask_trachea(const job *j, const ph_canvas *c, size_t slice)
{
    const ph_scene *s = j->scene;
    const ph_board *b = c->board;
    uint8_t *out = im_u8(&j->out->lungs);
    size_t n;
    const uint32_t *list = ph_buckets_at(&s->tube_bands, c->z, &n);
    for (size_t i = 0; i < n; i++) {
        const ph_tube *t = &s->tubes.items[list[i]];
        float r = CS_MAX(t->ra, t->rb);
        size_t box[4];
        if (t->kind != PH_TRACHEA ||
            !ph_canvas_box(b, 0.5F * (t->a.x + t->b.x),
                           0.5F * (t->a.y + t->b.y),
                           0.5F * fabsf(t->a.x - t->b.x) + r,
                           0.5F * fabsf(t->a.y - t->b.y) + r, box))
            continue;
        for (size_t y = box[2]; y < box[3]; y++)
            for (size_t x = box[0]; x < box[1]; x++) {
                ph_vec v = {ph_canvas_x(b, x), ph_canvas_y(b, y), c->z};
                if (ph_tube_distance(t, v) < 0)
                    out[place_of(&s->scan, x, y, slice)] = IM_LABEL_TRACHEA;
            }
    }
}

static void slices(void *ctx, size_t begin, size_t end, unsigned slot)
{
    const job *j = ctx;
    ph_canvas *c = &j->canvases[slot];
    for (size_t slice = begin; slice < end; slice++) {
        paint_slice(j, c, slice);
        ph_canvas_layer(c, slice_z(&j->scene->scan, slice));
        for (size_t y = 0; y < c->board->height; y++)
            mask_line(j, c, slice, y);
        mask_trachea(j, c, slice);
    }
}

/* --- findings --- */

typedef struct voxel_sum {
    double at[3];
    size_t n;
} voxel_sum;

static bool axis_range(const ph_scan *s, int k, float middle, float reach,
                       size_t ret[2])
{
    float low = ceilf((middle - reach - s->start[k]) / s->spacing[k]);
    float high = floorf((middle + reach - s->start[k]) / s->spacing[k]);
    if (!(high >= 0) || !(low < (float)s->size[k]) || high < low)
        return false;
    ret[0] = low > 0 ? (size_t)low : 0;
    ret[1] = high < (float)(s->size[k] - 1) ? (size_t)high + 1 : s->size[k];
    return true;
}

static void mark(const job *j, const ph_nodule *n, uint8_t label,
                 const size_t at[3], voxel_sum *sum)
{
    const ph_scan *s = &j->scene->scan;
    ph_vec v = {s->start[0] + s->spacing[0] * (float)at[0],
                s->start[1] + s->spacing[1] * (float)at[1],
                s->start[2] + s->spacing[2] * (float)at[2]};
    if (ph_nodule_inside(n, &j->scene->organs, v) >= 0)
        return;
    if (label)
        im_u8(&j->out->nodules)[place_of(s, at[0], at[1], at[2])] = label;
    for (int k = 0; k < 3; k++)
        sum->at[k] += (double)at[k];
    sum->n++;
}

/* Marks a nodule's voxels (label 0: only counts them). */
static void mark_all(const job *j, const ph_nodule *n, uint8_t label,
                     voxel_sum *sum)
{
    const ph_scan *s = &j->scene->scan;
    float reach = ph_nodule_reach(n);
    size_t x[2], y[2], z[2];
    if (!axis_range(s, 0, n->c.x, reach, x) ||
        !axis_range(s, 1, n->c.y, reach, y) ||
        !axis_range(s, 2, n->c.z, reach, z))
        return;
    for (size_t k = z[0]; k < z[1]; k++)
        for (size_t l = y[0]; l < y[1]; l++)
            for (size_t i = x[0]; i < x[1]; i++)
                mark(j, n, label, (const size_t[]){i, l, k}, sum);
}

/* A nodule that lies between all voxels takes the nearest. */
static void mark_nearest(const job *j, const ph_nodule *n, uint8_t label,
                         voxel_sum *sum)
{
    const ph_scan *s = &j->scene->scan;
    const float c[3] = {n->c.x, n->c.y, n->c.z};
    size_t at[3];
    for (int k = 0; k < 3; k++) {
        float i = roundf((c[k] - s->start[k]) / s->spacing[k]);
        at[k] = (size_t)ph_clamp(i, 0, (float)(s->size[k] - 1));
        sum->at[k] = (double)at[k];
    }
    sum->n = 1;
    if (label)
        im_u8(&j->out->nodules)[place_of(s, at[0], at[1], at[2])] = label;
}

static im_phantom_finding finding(const job *j, const ph_nodule *n,
                                  uint8_t label)
{
    const ph_scan *s = &j->scene->scan;
    voxel_sum sum = {{0, 0, 0}, 0};
    mark_all(j, n, label, &sum);
    if (sum.n == 0)
        mark_nearest(j, n, label, &sum);
    double d = (double)n->diameter;
    im_phantom_finding f = {.diameter = d,
                            .volume = d * d * d * 3.14159265358979 / 6,
                            .voxels = sum.n,
                            .type = n->type,
                            .place = n->place,
                            .lobe = ph_lobe_names[n->lobe],
                            .spiculated = n->spiculated,
                            .lobulated = n->lobulated,
                            .malignant = n->malignant,
                            .risk = (double)n->risk};
    double grid[3];
    for (int k = 0; k < 3; k++) {
        grid[k] = sum.at[k] / (double)sum.n;
        if (s->flipped && k < 2)
            grid[k] = (double)(s->size[k] - 1) - grid[k];
    }
    im_grid_to_world(&j->scene->geometry, grid, f.centre);
    return f;
}

static void findings(const job *j)
{
    const ph_scene *s = j->scene;
    im_phantom *out = j->out;
    for (size_t i = 0; i < s->nodule_count; i++)
        out->findings[i] = finding(j, &s->nodules[i], (uint8_t)(i + 1));
    for (size_t i = 0; i < s->speck_count; i++)
        out->specks[i] = finding(j, &s->specks[i], 0);
    out->finding_count = s->nodule_count;
    out->speck_count = s->speck_count;
    out->age = (double)s->patient.age;
    out->female = s->patient.female;
    out->emphysema = (double)s->patient.emphysema;
    out->thickness = (double)s->scan.thickness;
    out->noise = (double)s->scan.noise;
    out->blood = (double)s->patient.blood;
}

/* --- all of it --- */

static int volumes(im_phantom *p, const im_geometry *g, cs_errinfo *info)
{
    int r = im_volume_init(&p->image, TN_I16, g, info);
    if (r == 0)
        r = im_volume_init(&p->lungs, TN_U8, g, info);
    return r < 0 ? r : im_volume_init(&p->nodules, TN_U8, g, info);
}

static int paint(job *j, const im_run *run, cs_errinfo *info)
{
    unsigned threads = cs_pool_threads(run->pool);
    j->canvases = cs_calloc(threads, sizeof(*j->canvases));
    if (!j->canvases)
        return cs_fail_nomem(info);
    int r = 0;
    for (unsigned i = 0; r == 0 && i < threads; i++)
        r = ph_canvas_init(&j->canvases[i], j->board, info);
    if (r == 0)
        cs_pool_for(run->pool, j->scene->scan.size[2], 1, slices, j);
    for (unsigned i = 0; i < threads; i++)
        ph_canvas_done(&j->canvases[i]);
    cs_free(j->canvases);
    return r;
}

static int make(const im_phantom_spec *spec, const im_run *run, ph_scene *scene,
                im_phantom *ret, cs_errinfo *info)
{
    CS_SCOPED(ph_board) board = {.scene = NULL};
    int r = ph_scene_init(scene, spec->site, spec->seed, spec->index,
                          spec->size, run->pool, info);
    if (r == 0)
        r = ph_board_init(&board, scene, im_table_of(run->tier), info);
    if (r == 0)
        r = volumes(ret, &scene->geometry, info);
    job j = {scene, &board, NULL, ret};
    if (r == 0)
        r = paint(&j, run, info);
    if (r == 0)
        findings(&j);
    return r;
}

static int check(const im_phantom_spec *spec, cs_errinfo *info)
{
    for (int k = 0; k < 3; k++)
        if (spec->size[k] != 0 && (spec->size[k] < IM_PHANTOM_SIZE_MIN ||
                                   spec->size[k] > IM_PHANTOM_SIZE_MAX))
            return cs_fail(info, CS_E_RANGE,
                           "a phantom has %d to %d voxels along each axis, "
                           "not %zu",
                           IM_PHANTOM_SIZE_MIN, IM_PHANTOM_SIZE_MAX,
                           spec->size[k]);
    return 0;
}

int im_phantom_make(const im_phantom_spec *spec, const im_run *run,
                    im_phantom *ret, cs_errinfo *info)
{
    int r = check(spec, info);
    if (r < 0)
        return r;
    ph_scene *scene = cs_new0(ph_scene);
    if (!scene)
        return cs_fail_nomem(info);
    im_phantom made = IM_PHANTOM_INIT;
    r = im_phantom_uid(spec, made.uid, info);
    if (r == 0)
        r = make(spec, run, scene, &made, info);
    ph_scene_done(scene);
    cs_free(scene);
    if (r < 0) {
        im_phantom_done(&made);
        return r;
    }
    *ret = made;
    return 0;
}

void im_phantom_done(im_phantom *p)
{
    im_volume_done(&p->image);
    im_volume_done(&p->lungs);
    im_volume_done(&p->nodules);
}
