// SPDX-License-Identifier: GPL-3.0-or-later
// Go wants an assembly file beside a function whose body is linked in from elsewhere: createMux of engine_20_10.go.
