/* A layer through the chest while it is painted: Hounsfield units as floats,
 * and what painters leave for each other. One per thread. */
#ifndef CS_IMAGE_PHANTOM_CANVAS_H
#define CS_IMAGE_PHANTOM_CANVAS_H

#include "image/phantom/scene.h"

/* Rows of one grid read at the columns or lines of the image. */
typedef struct ph_columns {
    uint32_t *first; /* owned, by the shared tables' owner */
    float *share;
} ph_columns;

/* What all canvases of a scene share; read only. */
typedef struct ph_board {
    const ph_scene *scene;
    const im_table *table;
    size_t width, height;
    float edge;  /* width of an edge in plane, mm */
    float layer; /* height of a layer, mm */
    ph_columns organs, lobules, patches;
    uint32_t *indices; /* owned: of the three */
    float *shares;
} ph_board;

typedef struct ph_canvas {
    const ph_board *board;
    float z;                      /* of the layer, in the patient's frame */
    float *hu;                    /* [height][width] */
    float *sum;                   /* of layers */
    float *body;                  /* distance to the skin */
    float *vessel, *wall, *lumen; /* covers, 0 to 1 */
    float *bone;                  /* distance */
    uint16_t *bone_index;
    float *planes;             /* of the organs, one after the other */
    float *lobules, *patches;  /* planes */
    float *rows[8];            /* of the width, for whatever is at hand */
    float *coarse;             /* one row of the grid and a value more */
    float *memory;             /* owned: all floats above */
    float margin[PH_TAPS_MAX]; /* reads beyond a row end here */
} ph_canvas;

int ph_board_init(ph_board *b, const ph_scene *s, const im_table *table,
                  cs_errinfo *info);
void ph_board_done(ph_board *b);

int ph_canvas_init(ph_canvas *c, const ph_board *b, cs_errinfo *info);
void ph_canvas_done(ph_canvas *c);

/* Sets the layer's height and reads all fields at it. */
void ph_canvas_layer(ph_canvas *c, float z);

/* A field's row for line y at columns [begin, end) into dst[begin..]. False,
 * and nothing written, where all of it is above `limit`. */
bool ph_canvas_row(ph_canvas *c, ph_organ organ, float y, size_t begin,
                   size_t end, float limit, float *dst);

static inline float ph_canvas_x(const ph_board *b, size_t i)
{
    return b->scene->scan.start[0] + b->scene->scan.spacing[0] * (float)i;
}
static inline float ph_canvas_y(const ph_board *b, size_t j)
{
    return b->scene->scan.start[1] + b->scene->scan.spacing[1] * (float)j;
}

/* The pixels [ret[0], ret[1]) by [ret[2], ret[3]) around a circle; false where
 * none of it is in the image. */
bool ph_canvas_box(const ph_board *b, float x, float y, float half_x,
                   float half_y, size_t ret[4]);

/* The stages of a layer, in this order (organs.c's fields, then shapes). */
void ph_paint_organs(ph_canvas *c);
void ph_paint_shapes(ph_canvas *c);

#endif
