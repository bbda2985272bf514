// A recommender of one's own, "more like what you read lately", that gets its item vectors from a graph in place of co-occurrence.
//   dotnet run -c Release --project samples/OwnRecommender
OwnRecommender.Lesson.Run(new AutoGraph.Datasets.SampleWorldOptions());
