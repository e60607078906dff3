import Foundation
import Records
import Reporting

/// A model with every section, made by formulas.
enum SampleReport {
  static func model(jpeg: (Int) -> Data) -> ReportModel {
    var random = KeyedRandom(seed: 1, key: "report", stage: "test")
    var model = ReportModel(
      title: "DFDC, two parts", pipeline: "dfdc-small",
      caveat: "A check of the pipeline on nine people, not a detector.", generatedBy: "dfprep 0.1.0")
    model.numerics = [
      "x86-64, AVX2; OpenBLAS Haswell kernels, 1 thread", "libtorch 1.13.1, OpenCV 4.6.0, FFmpeg 5.1.6",
    ]
    model.warnings = ["Soft links cross folds: 14 donor identities are seen on both sides of at least one fold."]
    model.stages = [
      .init(
        id: "decode", unit: "frames", input: 12_480, output: 12_406, dropped: [.init(reason: "past-end", count: 42)],
        failed: [.init(name: "damaged-packet", count: 32)], seconds: 214.2),
      .init(
        id: "detect", unit: "frames", input: 12_406, output: 12_148,
        dropped: [.init(reason: "no-face", count: 258, fakes: 181)],
        seconds: 388.9),
      .init(id: "extend", unit: "samples", input: 12_148, added: 1_820, output: 13_968, seconds: 61),
      .init(
        id: "filter", unit: "samples", input: 13_968, output: 13_402,
        dropped: [.init(reason: "small-face", count: 402), .init(reason: "pair-dropped", count: 164)], seconds: 0.8),
      .init(id: "embed", unit: "samples", input: 13_402, output: 13_402, seconds: 412),
      .init(id: "cluster", unit: "samples", input: 13_402, output: 13_402, seconds: 17.3),
    ]
    model.sources = [
      .init(dataset: "dfdc", role: .train, label: .real, sources: 182, samples: 5_604),
      .init(dataset: "dfdc", role: .train, label: .fake, sources: 391, samples: 6_911),
      .init(dataset: "celeb-df-v2", role: .test, label: .real, sources: 34, samples: 402),
      .init(dataset: "celeb-df-v2", role: .test, label: .fake, sources: 41, samples: 485),
    ]
    model.shortcuts = [
      .init(
        name: "crops", items: 12_515, realGroups: 182, fakeGroups: 391,
        variables: [
          .init(
            name: "sharpness", reading: "higher in reals", area: .init(0.91, low: 0.88, high: 0.94), bits: 0.41,
            groups: "182+391", real: "210 (190 ... 230)", fake: "118 (98 ... 138)", advice: "encode both classes alike"),
          .init(
            name: "face pixels", reading: "higher in fakes", area: .init(0.72, low: 0.61, high: 0.83), bits: 0.11,
            groups: "182+391", real: "84 (64 ... 104)", fake: "88 (64 ... 120)"),
          .init(
            name: "file type", reading: "category", area: .init(0.99), bits: 0.9, groups: "3+4", real: "a", fake: "b"),
        ],
        together: [
          .init(
            name: "all together", reading: "together", area: .init(0.93, low: 0.9, high: 0.95), bits: nil,
            groups: "182+391", real: "", fake: "")
        ], constant: ["codec", "width"], limit: 0.7)
    ]
    model.likenesses = [
      .init(
        kind: "near-duplicate", outcome: "12 crops dropped, 30 links", measure: "bits",
        nearest: [.init(name: "0", count: 12), .init(name: "4", count: 30), .init(name: "18", count: 900)])
    ]
    model.pictures = (0..<48).map {
      .init(key: "dfdc/part_0/clip\($0)/000000000042/0/crop", label: $0 % 2 == 0 ? .real : .fake, jpeg: jpeg($0))
    }
    for index in 0..<4 {
      let (real, fake) = ([1800, 1210, 2100, 494][index], [2300, 1602, 1511, 1498][index])
      model.clusters.append(
        .init(
          index: index, real: real, fake: fake,
          topMethods: [.init(name: "face-swap", count: fake / 2), .init(name: "self-blend", count: fake / 5)],
          nearest: Array(index * 12..<index * 12 + 6), farthest: Array(index * 12 + 6..<index * 12 + 12)))
      model.folds.append(
        .init(
          name: "leave-out-\(index)", train: .init(real: 5_604 - real, fake: 6_911 - fake, groups: 130 + index),
          validation: .init(real: real, fake: fake, groups: 52 - index),
          leftOut: [.init(name: "conflict", count: 40 + index)]))
      model.training.append(
        .init(
          name: "expert \(index)", stage: "train",
          epochs: (1...8).map { epoch in
            let noise = random.normal() * 0.01
            return .init(
              epoch: epoch, trainLoss: 0.7 * exp(-Double(epoch) / 4) + 0.05 + noise,
              validationLoss: 0.6 * exp(-Double(epoch) / 5) + 0.2 + noise,
              validationAUC: 0.95 - 0.4 * exp(-Double(epoch) / 3) + noise)
          },
          steps: [
            .init(name: "loss", values: (0..<900).map { $0 == 5 ? nil : exp(-Double($0) / 300) + Double(index) * 0.1 }),
            .init(name: "feedback", values: (0..<900).map { $0 < 400 ? nil : 0.01 * Double(index) }),
          ], phases: [.init(name: "encoder", start: 0), .init(name: "classifier", start: 400)]))
      model.evaluation.append(
        .init(
          name: "leave-out-\(index)", frameAUC: .init(0.86 + Double(index) * 0.02, low: 0.83, high: 0.93),
          videoAUC: .init(0.90 + Double(index) * 0.02, low: 0.85, high: 0.97), frames: 2_400 + index * 31, videos: 141))
      let rates = (0...40).map { Double($0) / 40 }
      model.detectorCurves.append(
        .init(
          name: "leave-out-\(index)", roc: rates.map { .init(x: $0, y: pow($0, 0.12 + 0.04 * Double(index))) },
          precisionRecall: rates.map { .init(x: $0, y: 1 - 0.5 * pow($0, 4 + Double(index))) },
          calibration: rates.enumerated().filter { $0.offset % 4 == 2 }.map {
            .init(x: $0.element, y: pow($0.element, 1.2 + 0.2 * Double(index)))
          }))
    }
    let map = map(samples: 880)
    model.map = map
    model.splits = ["random", "official", "cluster"].map { name in
      .init(name: name, detail: "as said", isValidation: map.keys.indices.map { $0 % 3 == 0 ? nil : $0 % 2 == 0 })
    }
    model.hardness = .init(
      features: "embed",
      splits: ["random", "cluster"].map {
        .init(
          name: $0, fold: 0, trainSamples: 900, validationSamples: 300, twoSampleAUC: 0.6, twoSampleAUCLow: 0.55,
          twoSampleAUCHigh: 0.66, frechetDistance: 12.3, nearestNeighbourDistance: 0.41)
      } + [
        .init(name: "random", frechetDistance: 0.4, nearestNeighbourDistance: 0.1),
        .init(name: "cluster", frechetDistance: 12.3, nearestNeighbourDistance: 0.41),
      ])
    model.leaks = [.init(place: "fold 0", kind: "donor", links: 3, samples: 40, isHard: true)]
    model.crossings = [
      .init(
        kind: "donor", isHard: true, common: "id7", reason: "face put in", evidence: nil, places: ["fold 0"],
        sides: [
          .init(name: "training", videos: ["a.mp4"], more: 3, pictures: [0]),
          .init(name: "validation", videos: ["b.mp4"], more: 0, pictures: [1]),
        ])
    ]
    model.hardLinks = [.init(name: "family", count: 120)]
    model.contingencies = [
      .init(
        attribute: "method", values: ["face-swap", "original"],
        counts: model.clusters.map { [$0.fake, $0.real] })
    ]
    model.clusterCounts = .init(
      candidates: (2...8).map { (k: Int) -> ReportModel.ClusterCounts.Candidate in
        let score: Double = 0.31 - 0.02 * Double(abs(k - 4))
        return .init(
          k: k, inertia: 90_000 / Double(k) + 2_000, silhouette: score, silhouetteLow: score - 0.02,
          silhouetteHigh: score + 0.03, stability: 0.9 - 0.01 * Double(k))
      }, chosen: 4, reason: "greatest mean silhouette")
    model.agreements = [
      .init(attribute: "label", value: 0.021), .init(attribute: "method", value: 0.112),
      .init(attribute: "dataset", value: 0.634),
    ]
    model.made = [
      .init(operation: "self-blend", parents: [0], made: 1), .init(operation: "edit", parents: [4, 6], made: 7),
    ]
    model.losses = .init(
      examples: [
        .init(
          kind: .failed, stage: "decode", path: "dfdc/dfdc_train_part_0/aassnaulhq.mp4",
          reason: "damaged-packet: invalid NAL unit size"),
        .init(kind: .dropped, stage: "detect", path: "dfdc/dfdc_train_part_0/aytzyidmgs.mp4", reason: "no-face"),
      ], total: 898, fullList: "dfprep status ../runs/dfdc --json")
    model.options = [.init(name: "decode", value: "at: uniform, frames: {fake: 16, real: 32}")]
    model.versions = [.init(name: "libavcodec", value: "59.37.100")]
    return model
  }

  /// Four clouds in the plane, and four others in a second plane; sample i is the i-th of ever longer keys.
  static func map(samples: Int) -> ReportModel.SampleMap {
    var random = KeyedRandom(seed: 1, key: "map", stage: "test")
    let clusters = (0..<samples).map { $0 % 4 }
    func cloud(_ turn: Double) -> [Double?] {
      clusters.map { cos(Double($0) * 1.7 + turn) * 6 + random.normal() }
    }
    return ReportModel.SampleMap(
      keys: (0..<samples).map { "dfdc/part_\($0 / 100)/clip\(String(format: "%06d", $0))=2emp4/000000000042/0/crop" },
      planes: [
        .init(name: "PCA", axes: ["one (31 %)", "two (15 %)"], x: cloud(0), y: cloud(1.6)),
        .init(name: "t-SNE", x: cloud(0.3), y: cloud(2)),
      ],
      categories: [
        .init(name: "cluster", clusters.map(String.init)),
        .init(name: "label", (0..<samples).map { $0 % 3 == 0 ? "real" : "fake" }),
        .init(name: "method", (0..<samples).map { $0 % 3 == 0 ? nil : "swap \($0 % 5)" }),
      ],
      measures: [
        .init(name: "sharpness", values: (0..<samples).map { $0 % 7 == 0 ? nil : exp(random.normal() + 4) })
      ])
  }
}
