package import Foundation

/// What the map of all samples is drawn from.
extension ReportModel {
  /// Samples in two dimensions, and what is known of each: columns of equal length, in the order of ``keys``.
  package struct SampleMap: Codable, Hashable, Sendable {
    /// The categories that plots without script are coloured and marked by.
    package static let cluster = "cluster"
    package static let label = "label"

    package var keys: [String]
    /// How many samples there are, of which the map may hold only some.
    package var total: Int
    /// The first is the one shown at first.
    package var planes: [Plane]
    package var categories: [Category]
    package var measures: [Measure] = []
    package var sheets: [FaceSheet] = []

    package init(
      keys: [String], total: Int? = nil, planes: [Plane], categories: [Category], measures: [Measure] = [],
      sheets: [FaceSheet] = []
    ) {
      (self.keys, self.total, self.planes, self.categories) = (keys, total ?? keys.count, planes, categories)
      (self.measures, self.sheets) = (measures, sheets)
    }

    package func category(_ name: String) -> Category? { categories.first { $0.name == name } }
  }

  /// A projection of the samples.
  package struct Plane: Codable, Hashable, Sendable {
    /// `PCA`, `t-SNE`.
    package var name: String
    /// What the axes are; empty where they mean nothing.
    package var axes: [String]
    /// `nil` where the sample has no place.
    package var x: [Double?]
    package var y: [Double?]

    package init(name: String, axes: [String] = [], x: [Double?], y: [Double?]) {
      (self.name, self.axes, self.x, self.y) = (name, axes, x, y)
    }

    /// The place of one sample, if it has any.
    func place(_ index: Int) -> (x: Double, y: Double)? {
      guard let x = x[index], let y = y[index], x.isFinite, y.isFinite else { return nil }
      return (x, y)
    }
  }

  /// Something that samples have one of few of.
  package struct Category: Codable, Hashable, Sendable {
    package var name: String
    package var values: [String]
    /// Index into ``values``, or -1 where nobody knows.
    package var codes: [Int]

    package init(name: String, values: [String], codes: [Int]) {
      (self.name, self.values, self.codes) = (name, values, codes)
    }

    /// The values that occur, in order: numbers by size, all else as text.
    package init(name: String, _ texts: [String?]) {
      let values = Set(texts.compactMap(\.self)).sorted {
        switch (Int($0), Int($1)) {
        case (let left?, let right?): left < right
        case (nil, nil): $0 < $1
        case (let left, _): left != nil
        }
      }
      let codes = Dictionary(uniqueKeysWithValues: zip(values, values.indices))
      self.init(name: name, values: values, codes: texts.map { $0.flatMap { codes[$0] } ?? -1 })
    }
  }

  /// Something that samples have a number of.
  package struct Measure: Codable, Hashable, Sendable {
    package var name: String
    /// Stands behind a value: `px`, `°`; empty for a bare number.
    package var unit: String
    /// `nil` where it could not be told.
    package var values: [Double?]

    package init(name: String, unit: String = "", values: [Double?]) {
      (self.name, self.unit, self.values) = (name, unit, values)
    }
  }

  /// One JPEG of many faces, row by row.
  package struct FaceSheet: Codable, Hashable, Sendable {
    package var jpeg: Data
    package var tilePixels: Int
    package var columns: Int
    /// Whose faces they are: indexes into ``SampleMap/keys``.
    package var samples: [Int]

    package init(jpeg: Data, tilePixels: Int, columns: Int, samples: [Int]) {
      (self.jpeg, self.tilePixels, self.columns, self.samples) = (jpeg, tilePixels, columns, samples)
    }
  }
}
