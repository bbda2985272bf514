// A web service around an engine: recommendations, similar items, new items, health and metrics. Trains a small model where it finds none.
//   dotnet run -c Release --project samples/Serving -- --urls http://127.0.0.1:5080
//   curl 127.0.0.1:5080/users/r001/recommendations
//   curl 127.0.0.1:5080/recommendations -H 'Content-Type: application/json' -d '["b001", "b002"]'
//   curl -X PUT 127.0.0.1:5080/items/new -H 'Content-Type: application/json' -d '{"title": "The Tide", "knowledge": "A calm tale of the sea."}'
//   curl 127.0.0.1:5080/items/new/similar; curl 127.0.0.1:5080/health; curl 127.0.0.1:5080/metrics
await Serving.Lesson.Build(args, Path.Combine(Path.GetTempPath(), "autograph-serving"), new AutoGraph.Datasets.SampleWorldOptions()).RunAsync();
