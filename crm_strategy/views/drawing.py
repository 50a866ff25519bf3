"""A sheet to draw on, measured in inches from the top left, and the PNG it becomes.

Every chart is drawn twice, wide and narrow, on sheets of fixed width; nothing here touches
pyplot's global state.
"""

import base64
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

import numpy as np
from matplotlib.artist import Artist
from matplotlib.axes import Axes
from matplotlib.backends.backend_agg import FigureCanvasAgg
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D
from PIL import Image

from crm_strategy.views import lettering
from crm_strategy.views.theme import COLOURS, DPI, LIGHT

CSS_DPI: Final = 96
NEAR_WHITE: Final = 250


@dataclass(frozen=True)
class Form:
    """One of the two ways a chart is drawn: width in inches, letters in points."""

    name: str
    width: float
    points: float

    @property
    def wide(self) -> bool:
        """Whether it is the wide one."""
        return self.name == "wide"

    @property
    def line(self) -> float:
        """Height of a line of text in inches."""
        return self.points * 1.25 / 72

    def size(self, *, small: bool = False) -> float:
        """Letters in points."""
        return self.points - (1.0 if small else 0.0)

    def width_of(self, text: str, *, bold: bool = False, small: bool = False) -> float:
        """Width of the longest line of a text in inches."""
        size = self.size(small=small)
        return max(lettering.width_of(line, size, bold=bold) for line in text.split("\n"))

    def fit(self, text: str, width: float, *, lines: int = 1, bold: bool = False) -> str:
        """The text made drawable and fitted into `width` inches: wrapped, then shortened."""
        clean = lettering.drawable(text)
        return lettering.wrap(clean, width, self.points, lines=lines, bold=bold)

    def widest(self, texts: Iterable[str], *, bold: bool = False) -> float:
        """Width of the widest of some texts; 0 for none."""
        return max((self.width_of(text, bold=bold) for text in texts), default=0.0)


WIDE: Final = Form("wide", 8.33, 9.5)
NARROW: Final = Form("narrow", 3.7, 9.0)


@dataclass(frozen=True)
class Picture:
    """A finished PNG: base64 text and its size in CSS pixels."""

    png: str
    size: list[int]


class Sheet:
    """A white sheet; coordinates are inches from its top left corner."""

    def __init__(self, form: Form, height: float) -> None:
        self.form = form
        self.width = form.width
        self.height = height
        self.figure = Figure(figsize=(form.width, height), dpi=DPI, facecolor="white")
        self._canvas: Any = FigureCanvasAgg(self.figure)
        self._inches = Affine2D().scale(1, -1).translate(0, height) + self.figure.dpi_scale_trans

    def axes(self, left: float, top: float, width: float, height: float) -> Axes:
        """Bare axes at a place, for drawings that need their own coordinates."""
        bounds = (
            left / self.width,
            1 - (top + height) / self.height,
            width / self.width,
            height / self.height,
        )
        axes = self.figure.add_axes(bounds)
        axes.set_axis_off()
        return axes

    def text(
        self,
        x: float,
        y: float,
        text: str,
        *,
        bold: bool = False,
        italic: bool = False,
        colour: str = LIGHT["ink"],
        across: str = "left",
        down: str = "center",
        small: bool = False,
        upright: bool = False,
    ) -> None:
        """Write text, never read as mathematics."""
        self.figure.text(
            x,
            y,
            text,
            fontproperties=lettering.lettering(
                self.form.size(small=small), bold=bold, italic=italic
            ),
            color=colour,
            ha=across,
            # Lines of an upright text begin at its foot, beside one another.
            multialignment="left" if upright else across,
            va="center_baseline" if down == "center" and "\n" not in text else down,
            rotation=90 if upright else 0,
            linespacing=1.05,
            parse_math=False,
            transform=self._inches,
            zorder=6,
        )

    def box(
        self,
        x: float,
        y: float,
        width: float,
        height: float,
        *,
        fill: str | None = None,
        edge: str | None = None,
        line: float = 0.0,
        dashed: bool = False,
        above: float = 1.0,
    ) -> None:
        """A rectangle from its top left corner."""
        self._add(
            Rectangle(
                (x, y),
                width,
                height,
                facecolor=fill or "none",
                edgecolor=edge or "none",
                linewidth=line,
                linestyle=(0, (3, 2)) if dashed else "-",
                zorder=above,
            )
        )

    def line(
        self,
        xs: Sequence[float],
        ys: Sequence[float],
        *,
        colour: str,
        line: float = 1.0,
        style: Any = "-",
        above: float = 2.0,
    ) -> None:
        """A line through points."""
        self._add(
            Line2D(
                xs,
                ys,
                color=colour,
                linewidth=line,
                linestyle=style,
                zorder=above,
                solid_joinstyle="round",
                solid_capstyle="butt",
            )
        )

    def shape(
        self, x: float, y: float, marker: str, *, colour: str, size: float, hollow: bool = False
    ) -> None:
        """A marker: o, D (diamond), ^ or v (triangles)."""
        self._add(
            Line2D(
                [x],
                [y],
                marker=marker,
                markersize=size,
                color=colour,
                markerfacecolor="white" if hollow else colour,
                markeredgecolor=colour if hollow else "white",
                markeredgewidth=1.4 if hollow else 0.8,
                linestyle="none",
                zorder=5,
            )
        )

    def area(self, points: Sequence[tuple[float, float]], *, fill: str) -> None:
        """A filled polygon."""
        self._add(Polygon(points, closed=True, facecolor=fill, linewidth=0, zorder=0.5))

    def picture(self) -> Picture:
        """The sheet as a PNG of at most 128 colours: octree, no dither, near-white is white."""
        self._canvas.draw()
        pixels = np.asarray(self._canvas.buffer_rgba())[..., :3]
        image = Image.fromarray(np.ascontiguousarray(pixels)).quantize(
            COLOURS, method=Image.Quantize.FASTOCTREE, dither=Image.Dither.NONE
        )
        palette = np.array(image.getpalette(), dtype=np.uint8).reshape(-1, 3)
        palette[(palette >= NEAR_WHITE).all(axis=1)] = 255
        image.putpalette(palette.ravel().tolist())
        out = BytesIO()
        image.save(out, "png", compress_level=6)  # 9 takes eight times as long for a tenth
        size = [round(side * CSS_DPI / DPI) for side in image.size]
        return Picture(base64.b64encode(out.getvalue()).decode("ascii"), size)

    def _add(self, mark: Artist) -> None:
        mark.set_transform(self._inches)
        self.figure.add_artist(mark)


Drawing = Callable[[Form], Sheet]
"""Draws one chart on a sheet of the given form."""
