/// A point in pixels; origin top-left, x right, y down.
package struct Point: Codable, Hashable, Sendable {
  package var x: Double
  package var y: Double
  package init(x: Double, y: Double) {
    self.x = x
    self.y = y
  }
}

/// A rectangle in pixels.
package struct Box: Codable, Hashable, Sendable {
  package var x: Double
  package var y: Double
  package var width: Double
  package var height: Double

  package init(x: Double, y: Double, width: Double, height: Double) {
    self.x = x
    self.y = y
    self.width = width
    self.height = height
  }

  package var area: Double { max(0, width) * max(0, height) }
  package var centre: Point { Point(x: x + width / 2, y: y + height / 2) }

  /// Intersection over union, 0 for disjoint boxes.
  package func overlap(with other: Box) -> Double {
    let wide = min(x + width, other.x + other.width) - max(x, other.x)
    let high = min(y + height, other.y + other.height) - max(y, other.y)
    guard wide > 0, high > 0 else { return 0 }
    let shared = wide * high
    return shared / (area + other.area - shared)
  }
}

/// Maps frame pixels to crop pixels: `x' = a x + b y + tx`, `y' = c x + d y + ty`.
package struct AffineTransform: Codable, Hashable, Sendable {
  package var a: Double
  package var b: Double
  package var tx: Double
  package var c: Double
  package var d: Double
  package var ty: Double

  package init(a: Double, b: Double, tx: Double, c: Double, d: Double, ty: Double) {
    (self.a, self.b, self.tx, self.c, self.d, self.ty) = (a, b, tx, c, d, ty)
  }

  package func apply(_ point: Point) -> Point {
    Point(x: a * point.x + b * point.y + tx, y: c * point.x + d * point.y + ty)
  }
}
