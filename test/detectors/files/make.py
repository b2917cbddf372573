"""Makes the HDF5 files beside it, by the HDF5 library in C: so that reading is tested on what others write.

Debian: python3-h5py, python3-bitshuffle (package `bitshuffle`). Pixel x, y of frame i (from 0) is 1000 i + 30 y + x.
"""

import h5py
import numpy as np

BITSHUFFLE = 32008


def frames(first, count, dtype):
    index = np.arange(first, first + count).reshape(-1, 1, 1)
    return (1000 * index + np.arange(600).reshape(1, 20, 30)).astype(dtype)


def data_file(name, values, **how):
    with h5py.File(name, "w") as file:
        file.create_dataset("/entry/data/data", data=values, **how)


chunk = {"chunks": (1, 20, 30)}
data_file("mixed_data_000001.h5", frames(0, 2, "u4"), **chunk, compression="gzip", shuffle=True)
data_file("mixed_data_000002.h5", frames(2, 2, "u4"))
data_file("mixed_data_000003.h5", frames(4, 2, "u4"), **chunk, compression=BITSHUFFLE, compression_opts=(0, 2))
with h5py.File("mixed_master.h5", "w") as file:
    # The fourth file is not there (yet).
    for number in range(1, 5):
        name = f"{number:06d}"
        file[f"/entry/data/data_{name}"] = h5py.ExternalLink(f"mixed_data_{name}.h5", "/entry/data/data")
    detector = file.create_group("/entry/instrument/detector")
    for name, value, unit in (
        ("x_pixel_size", 75.0, "um"),
        ("y_pixel_size", 0.1, "mm"),
        ("distance", 0.2, "m"),
        ("beam_center_x", 15.5, "pixel"),
        ("beam_center_y", 10.25, "pixel"),
    ):
        detector[name] = value
        detector[name].attrs["units"] = unit
    detector["bit_depth_image"] = 16
    mask = np.zeros((20, 30), "u4")
    mask[3, 4] = 1
    mask[5, 6] = 1 << 30
    detector["pixel_mask"] = mask
    beam = file.create_group("/entry/sample/beam")
    beam["incident_wavelength"] = np.array([0.1])
    beam["incident_wavelength"].attrs["units"] = "nm"

for name, first, count in (("virtual_a.h5", 0, 3), ("virtual_b.h5", 3, 1)):
    with h5py.File(name, "w") as file:
        file.create_dataset("data", data=frames(first, count, "u2"), maxshape=(None, 20, 30), **chunk)
layout = h5py.VirtualLayout((6, 20, 30), "u2")
layout[0:3] = h5py.VirtualSource("virtual_a.h5", "data", (3, 20, 30))
layout[3:6] = h5py.VirtualSource("virtual_b.h5", "data", (3, 20, 30), maxshape=(None, 20, 30))
with h5py.File("virtual.nxs", "w", libver="latest") as file:
    file.create_virtual_dataset("/entry/data/data", layout)

with h5py.File("signed.nxs", "w") as file:
    file["/entry/instrument/detector/data"] = frames(0, 2, "i4") - 5
    file["/entry/data/data"] = h5py.SoftLink("/entry/instrument/detector/data")

with h5py.File("circle.nxs", "w") as file:
    file["/entry/data/data"] = h5py.SoftLink("/entry/data/other")
    file["/entry/data/other"] = h5py.SoftLink("/entry/data/data")

with h5py.File("floats.nxs", "w") as file:
    file["/entry/data/data"] = frames(0, 1, "f4")

with h5py.File("spectrum.nxs", "w") as file:
    file["/entry/data/data"] = np.arange(600)
