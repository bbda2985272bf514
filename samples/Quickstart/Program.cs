Console.WriteLine("AutoGraph");
