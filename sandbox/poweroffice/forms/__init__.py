"""What PowerOffice Go accepts and shows: enumerations, members of bodies, members of answers."""
